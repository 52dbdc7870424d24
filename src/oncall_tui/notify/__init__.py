"""How a page is worded, checked and sent. Only `sender` and `check` know Apprise; nothing here knows a database."""
