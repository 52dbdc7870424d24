"""What is configured: people, services, policies, and all of them as one value."""
