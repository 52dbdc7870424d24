"""Verbs of integrations: senders' ways in, their keys, and what was turned away."""
