"""When a page is tried again, and what goes out together."""
