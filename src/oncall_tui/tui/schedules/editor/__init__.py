"""Editing a whole schedule as texts: name, zone, layers, their people, turns and windows."""
