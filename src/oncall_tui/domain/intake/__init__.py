"""What senders post, and which incident it belongs to."""
