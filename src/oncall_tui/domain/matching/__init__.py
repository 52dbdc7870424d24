"""Which events are meant: matchers as Prometheus people write them, what they look at, and silences."""
