"""Edges: the strip, why-not and policy differences of the selected administration."""
