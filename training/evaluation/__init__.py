"""Metrics, calibration and the model card of a network."""
