"""Synthetic handwritten numbers for fitting, tests and a benchmark.

Each picture has one handwriting. A seed and a condition determine it; no real photo is used.
"""
