"""The ways to give a picture: one file each, and `choice` between them."""
