"""The use cases: the only code that changes state, one transaction each, and frozen rows for every face."""
