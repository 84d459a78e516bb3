"""Explain an answer: where the digit was found, and which strokes support it."""
