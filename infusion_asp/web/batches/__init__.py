"""Batch directories: browse, filter, sort, page, and open an encounter."""
