"""The keys of the Users tab: trying, verifying and switching contacts."""
