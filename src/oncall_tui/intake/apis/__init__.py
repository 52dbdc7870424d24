"""APIs of other systems that answer questions, beside the event doors: each as its clients know it."""
