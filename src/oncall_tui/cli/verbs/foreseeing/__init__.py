"""Knowing beforehand: simulate, check, replay."""
