"""What is on disk: tables, engine, migrations, the writer and the change feed. SQLAlchemy Core only, never its ORM."""
