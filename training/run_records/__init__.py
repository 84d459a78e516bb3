"""A run's folder, and the code and versions that its figures depend on."""
