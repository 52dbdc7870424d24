"""What the queue is asked for: its filter and its order."""
