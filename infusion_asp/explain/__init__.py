"""Explains a result: why a code, why not, how close to the edge, and what would change it."""
