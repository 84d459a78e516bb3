"""The parts of the pages: inputs, answer, quality, steps."""
