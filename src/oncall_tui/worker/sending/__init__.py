"""Pages and notices on their way out."""
