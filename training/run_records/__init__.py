"""What is kept of a run: its folder, and what its figures depend on."""
