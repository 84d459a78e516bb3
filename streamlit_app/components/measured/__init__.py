"""Sections with the network's measured results; each says so if nothing was measured."""
