"""The sources of pictures: one module each, and `choice` to choose between them."""
