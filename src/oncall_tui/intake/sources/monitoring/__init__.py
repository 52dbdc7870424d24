"""Monitoring systems whose operators write the payload: names in any spelling, macros filled or not."""
