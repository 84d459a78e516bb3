"""What an answer rests on: where the reader looked, and which strokes spoke for the digit."""
