"""The REST API under /api/v1: the same use cases, rows and errors as every other face. Loaded at its first request."""
