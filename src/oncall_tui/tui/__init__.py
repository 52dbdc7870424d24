"""The terminal. `opening.run(settings)` opens it; nothing heavy is imported before its first frame."""
