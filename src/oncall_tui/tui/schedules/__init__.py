"""Changing who is on call: what the Schedule tab shows beside the schedules, asks for, and gets told."""
