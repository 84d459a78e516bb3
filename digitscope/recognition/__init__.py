"""From a tile to ten probabilities."""
