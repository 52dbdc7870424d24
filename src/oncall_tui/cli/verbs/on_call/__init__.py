"""Verbs about who is on call: asking, covering, planning."""
