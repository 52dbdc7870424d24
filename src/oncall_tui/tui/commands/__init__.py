"""Commands on their way from a key, the `:` line or the palette to what they do."""
