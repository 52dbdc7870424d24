"""Rows of everything that people configure: read whole for the world, written entry by entry."""
