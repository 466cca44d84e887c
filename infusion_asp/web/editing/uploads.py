"""Owns uploads: which kind a file is of, and the encounters in it; nothing of it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from infusion_asp.ingest.kinds import conversion_of
from infusion_asp.ingest.mar.mapping import PRESETS
from infusion_asp.model import InputError
from infusion_asp.web.editing.sources import Found, Wrong, found_in

MOST_LISTED = 500  # encounters of an upload that are shown to choose from
KINDS = {
    "": "by its content",
    "encounters": "encounters (JSON, JSONL, YAML)",
    "fhir": "FHIR R4 (bundle, NDJSON)",
    "mar": "medication record (CSV, TSV)",
    "x12": "837 claims",
    "hl7": "HL7 v2 messages",
}
"""The kinds of an upload and what the page calls them."""

_TABLES = (".csv", ".tsv", ".txt", ".parquet")
_BEGIN = 4096  # bytes that tell what a file is


@dataclass(frozen=True)
class Upload:
    """What an upload holds: records, more of them than are listed or not, and words on it."""

    kind: str
    found: tuple[Found, ...]
    more: bool
    told: tuple[str, ...] = ()
    errors: tuple[Wrong, ...] = ()


def kind_of(path: Path) -> str:
    """The kind of a file by its first bytes and its name."""
    with path.open("rb") as stream:
        begin = stream.read(_BEGIN).lstrip(b"\xef\xbb\xbf \t\r\n")
    if begin.startswith(b"ISA"):
        return "x12"
    if begin.startswith((b"MSH", b"\x0bMSH", b"FHS", b"BHS")):
        return "hl7"
    if begin.startswith((b"{", b"[")):
        return "fhir" if b'"resourceType"' in begin else "encounters"
    if path.suffix.lower() in _TABLES or begin.startswith((b"\x1f\x8b", b"PAR1", b"\xff\xfe")):
        return "mar"
    return "encounters"


def uploaded(paths: Sequence[Path], kind: str = "", preset: str = "") -> Upload:
    """The records of uploaded files, which are of one kind; what is wrong is part of the answer."""
    if kind not in KINDS:
        kind = ""
    kind = kind or kind_of(paths[0])
    if kind == "mar" and preset not in PRESETS:
        help = f"choose whose layout it has: {', '.join(PRESETS)}"
        wrong = Wrong("", "a medication record needs a layout", help)
        return Upload(kind, (), False, errors=(wrong,))
    asked = f"mar:preset={preset}" if kind == "mar" else kind
    try:
        conversion = None if kind == "encounters" else conversion_of(asked, paths)
        records = found_in(paths, kind, conversion) if conversion else found_in(paths, None)
        found = tuple(islice(records, MOST_LISTED + 1))
    except InputError as error:
        wrong = Wrong("", _without_directories(error.message, paths), error.help)
        return Upload(kind, (), False, errors=(wrong,))
    told = () if conversion is None else tuple(conversion.report.summary())
    return Upload(kind, found[:MOST_LISTED], len(found) > MOST_LISTED, told)


def _without_directories(message: str, paths: Sequence[Path]) -> str:
    for path in paths:
        message = message.replace(str(path), path.name)
    return message
