"""Readers of records kept elsewhere: each turns its tables into encounter objects."""
