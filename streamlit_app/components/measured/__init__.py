"""What was measured of the network, section by section. Each says so where nothing was."""
