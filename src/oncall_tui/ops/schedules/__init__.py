"""Changing who is on call: overrides, takes, fixed shifts, leave. One transaction each, judged before it is kept."""
