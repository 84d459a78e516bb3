"""What the pages are put together from: inputs, answer, quality, steps."""
