"""`oncall demo`: a team that does not exist, a worker that does, and a morning on which things burn."""
