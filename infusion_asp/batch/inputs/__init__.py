"""Reads the inputs of a batch: files, directories, globs and standard input, as raw records."""

from infusion_asp.batch.inputs.sources import Reader, Source, sources_of

__all__ = ["Reader", "Source", "sources_of"]
