"""Time as people write it, and the only place where wall time becomes an instant."""
