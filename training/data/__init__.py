"""Training data: MNIST, digits and non-digits that MNIST lacks, and augmentation of tiles."""
