"""From a stranger's bytes to values that can be stored and shown: JSON, texts, keys, labels, moments."""
