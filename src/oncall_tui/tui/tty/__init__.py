"""The line to the reader's terminal: its keys, its bytes, its bell, its end."""
