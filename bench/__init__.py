"""Benchmarks: each figure beside a baseline measured in the same run, printed as a ratio. `python -m bench`."""
