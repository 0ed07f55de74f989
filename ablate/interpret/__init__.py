"""Interpretation of a trained network from a few images: attention, positions, filters."""
