"""What is measured of a network, and the card that keeps it."""
