"""Benchmarks. Each prints its conditions, figures and ratios. `python -m bench --help` lists them."""
