"""Integrations by command: made, switched off and on, removed; their keys and signing secrets."""
