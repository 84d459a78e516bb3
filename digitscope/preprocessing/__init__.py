"""From a picture to an MNIST tile in eleven steps. Knows no network."""
