"""What differs between SQLite and PostgreSQL below SQLAlchemy: addresses, connections, error codes."""
