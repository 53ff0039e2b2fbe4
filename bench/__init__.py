"""Benchmarks: each prints what it did, figures and ratios. `python -m bench --help` lists them."""
