"""The HTTP way in: dialects that turn payloads into domain events, the doors that take them, limits and health."""
