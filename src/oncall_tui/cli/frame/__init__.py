"""What every verb shares: global flags, errors and exit statuses, output, opening the database."""
