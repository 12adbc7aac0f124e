"""Figures drawn from the geometry, on matplotlib Axes."""
