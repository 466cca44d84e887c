"""Owns how HL7 v2 messages become encounters: given drugs (RAS^O17) and charges (DFT^P03)."""

from infusion_asp.ingest.hl7.reader import KIND

__all__ = ["KIND"]
