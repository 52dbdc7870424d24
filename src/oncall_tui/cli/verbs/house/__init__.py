"""Verbs about the house: configuration, database, worker, terminal, demo."""
