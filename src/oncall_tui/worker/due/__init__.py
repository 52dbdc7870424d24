"""What the clock brings about: timers, alerts that end, silences that end."""
