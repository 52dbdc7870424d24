"""Queries for the faces. None of them changes anything."""
