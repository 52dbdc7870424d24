"""Who watches the watcher, and the senders that should be heard from."""
