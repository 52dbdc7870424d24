"""Services and programs with a webhook of their own shape."""
