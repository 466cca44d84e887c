"""Editing: changes to the encounter, their controls, where encounters come from, export."""
