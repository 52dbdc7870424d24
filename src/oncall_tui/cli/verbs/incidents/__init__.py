"""Verbs about incidents: what the keys do, and reading."""
