"""What people, senders, time and providers do to incidents: one transaction each."""
