"""Simulated photos of MNIST digits: written with a pen, lit, and photographed.

The same generator state always gives the same photo. Strokes, lines and edges are points until
they are drawn at the photo's resolution, not warped pixels. So a pen's line is as sharp as on
paper, although the tile has only 28 px.

>>> import numpy as np
>>> tile = np.zeros((28, 28), np.uint8)
>>> tile[4:24, 12:16] = 255  # a 1
>>> photograph(tile, CONDITIONS["ruled"], np.random.default_rng(0)).shape[2]
3
"""

from training.synthetic_photos.conditions import CONDITIONS, EVERYDAY, Condition
from training.synthetic_photos.photograph import Photo, photograph, take_photo

__all__ = ["CONDITIONS", "EVERYDAY", "Condition", "Photo", "photograph", "take_photo"]
