"""Owns how X12 837 claims become encounters (005010X222 professional, X223 institutional)."""

from infusion_asp.ingest.x12.reader import KIND

__all__ = ["KIND"]
