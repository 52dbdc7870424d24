"""Pages and notices on their way to people."""
