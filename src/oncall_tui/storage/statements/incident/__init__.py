"""Incidents, their alerts and their timelines."""
