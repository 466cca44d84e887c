"""Owns the reader of FHIR R4: Bundles and NDJSON to encounters."""

from infusion_asp.ingest.fhir.reader import KIND, read

__all__ = ["KIND", "read"]
