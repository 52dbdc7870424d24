"""A request and its answer on the wire: bodies within bounds, answers, and who has had enough."""
