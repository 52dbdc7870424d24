"""Taking in what senders post, and what they may ask afterwards."""
