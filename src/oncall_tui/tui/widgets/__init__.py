"""What draws lines and takes keys."""
