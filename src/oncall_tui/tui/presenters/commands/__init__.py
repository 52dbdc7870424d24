"""Commands as lines."""
