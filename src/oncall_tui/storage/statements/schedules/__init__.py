"""Who is on call, who is away, and the calendars that tell it."""
