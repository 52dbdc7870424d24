"""What is watched, and who is paged for it: services, policies, teams; and who changed what."""
