"""Routing at work: rules and transforms between a payload and its incident, and what silences hold back."""
