"""Measurements of the rulebook and what it is measured against."""
