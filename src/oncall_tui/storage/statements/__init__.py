"""The statements of the use cases, a file a region: what is read and written, and nothing decided."""
