"""From a picture to the numbers in it: rows, candidates for digits, and the best segmentation."""
