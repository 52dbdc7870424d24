"""YAML as a config file means it: version 1.2 in, what every reader understands out."""
