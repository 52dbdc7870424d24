"""What senders post, and what stands between a post and an incident."""
