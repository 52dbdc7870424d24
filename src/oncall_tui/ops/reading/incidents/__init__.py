"""Reading incidents: the queue, one story, what stands around it, why, and what would happen."""
