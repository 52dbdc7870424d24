"""Taking events in by the batch: worked out in memory over what the tables hold, written in a few statements."""
