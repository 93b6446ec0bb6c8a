"""The benchmarks: what a redemption, a balance and a batch cost over HTTP, against plain yardsticks on
the same database.

`python -m bench` (or `make bench`) measures, prints a table and writes `bench/results.json`.
"""
