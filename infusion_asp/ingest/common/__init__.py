"""Owns what all readers share: what they yield, how it is counted, where it came from."""

from infusion_asp.ingest.common.items import Converted, Dropped, Item, Kind
from infusion_asp.ingest.common.origin import origin_of
from infusion_asp.ingest.common.report import ConversionReport, Tally
from infusion_asp.ingest.common.run import encounters_of

__all__ = [
    "ConversionReport",
    "Converted",
    "Dropped",
    "Item",
    "Kind",
    "Tally",
    "encounters_of",
    "origin_of",
]
