"""The event doors: from a post to the commit that its 2xx waits for."""
