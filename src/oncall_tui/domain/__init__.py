"""The rules of on-call, pure: values in, values out. No I/O, no clock, no framework."""
