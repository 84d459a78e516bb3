"""Numbers written by one hand, made by the computer: for fitting, tests and a benchmark.

No real picture takes part. Everything follows from a seed and a condition.
"""
