"""On-call and incident response for teams who live in a terminal."""

__version__ = "0.1.0"
