"""How pages, digests and notices are worded."""
