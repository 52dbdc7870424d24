"""Rows into lines: pure functions, no Textual."""
