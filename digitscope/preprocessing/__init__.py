"""From a picture to an MNIST tile in eleven steps, without the digit classifier."""
