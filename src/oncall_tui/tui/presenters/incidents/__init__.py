"""Incidents as lines: the queue and the story of one."""
