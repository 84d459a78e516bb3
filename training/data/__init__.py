"""What a network learns from: MNIST, what it lacks, and how tiles are changed."""
