"""What was measured of the network, section by section. Each shows nothing where nothing was."""
