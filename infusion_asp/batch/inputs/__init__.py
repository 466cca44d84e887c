"""Reads the inputs of a batch: files, directories, globs and standard input, as raw records."""

from infusion_asp.batch.inputs.sources import (
    Reader,
    Source,
    converted_sources_of,
    sources_of,
)

__all__ = ["Reader", "Source", "converted_sources_of", "sources_of"]
