"""What `advance` is put together of: each is one kind of change to an incident."""
