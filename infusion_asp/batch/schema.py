"""Owns the columns of every table that a batch writes."""

from __future__ import annotations

import pyarrow as pa

TEXT, TEXTS = pa.string(), pa.list_(pa.string())
MONEY = pa.decimal128(18, 2)

_ID = (("record", pa.int64()), ("encounter_id", TEXT))

ENCOUNTERS = pa.schema(
    (
        *_ID,
        ("file", TEXT),
        ("line", pa.int64()),
        ("profile", TEXT),
        ("setting", TEXT),
        ("department", TEXT),  # null where the input has no such column
        ("administrations", pa.int32()),
        ("verdict", TEXT),  # supported, differs, not_evaluable; null for `code`
        ("lines", pa.int32()),  # derived lines
        ("findings", pa.int32()),
        ("over_usd", MONEY),  # null for `code`
        ("under_usd", MONEY),
        ("encounter", TEXT),  # JSON of the encounter as read; null with --no-records
    )
)
"""One row for each record that has a result."""

LINES = pa.schema(
    (
        *_ID,
        ("number", pa.int32()),  # from 1 within record and source; of a billed line its index
        ("source", TEXT),  # derived; of a verified claim also billed, and missed: not billed
        ("section", TEXT),  # administration, neighbour, drug; null for a code we do not know
        ("code", TEXT),
        ("units", pa.int64()),
        ("modifiers", TEXTS),
        ("date", pa.date32()),
        ("administrations", TEXTS),
        ("minutes", pa.int64()),  # that earned the units, null where nothing is timed
        ("status", TEXT),  # of a billed line: supported, wrong_units, wrong_code, ...
        ("supported_units", pa.int64()),  # of a billed line
        ("rule_ids", TEXTS),
        ("sentence", TEXT),  # only where explained
        ("amount_usd", MONEY),  # billed: paid over the supported; missed: not paid
    )
)
"""The lines that the record supports and, of a claim, those billed and those missed."""

FINDINGS = pa.schema(
    (
        *_ID,
        ("number", pa.int32()),
        ("rule_id", TEXT),
        ("level", TEXT),  # info, warning, error
        ("risk", TEXT),  # over, under, documentation, none
        ("administrations", TEXTS),
        ("code", TEXT),
        ("sentence", TEXT),
        ("help", TEXT),
        ("amount_usd", MONEY),
    )
)
"""What the reader should know or cure."""

NOT_REPORTED = pa.schema(
    (
        *_ID,
        ("administration", TEXT),
        ("rule_id", TEXT),  # null where no rule applies at all
        ("sentence", TEXT),
    )
)
"""Administrations without a code."""

EVIDENCE = pa.schema(
    (
        *_ID,
        ("administration", TEXT),
        ("kind", TEXT),  # of its bar on the timeline: infusion, push, hydration, other
        ("code", TEXT),  # what its services came to, several joined by a blank; "" where none
        ("units", pa.int64()),  # that it earned
        ("minutes", pa.int64()),  # that earned them, null where none did
        ("charted_minutes", pa.int64()),  # from start to stop, pauses included
    )
)
"""One row for each administration with a start and a later stop: what its minutes came to."""

ERRORS = pa.schema(
    (
        ("record", pa.int64()),
        ("file", TEXT),
        ("line", pa.int64()),
        ("path", TEXT),  # JSON path within the record
        ("kind", TEXT),
        ("message", TEXT),  # says what is wrong, never what was typed
    )
)
"""One row for each record that has no result. No health data."""

SCHEMAS: dict[str, pa.Schema] = {
    "encounters": ENCOUNTERS,
    "lines": LINES,
    "findings": FINDINGS,
    "not_reported": NOT_REPORTED,
    "evidence": EVIDENCE,
    "errors": ERRORS,
}
"""The tables of a batch by name. `record` counts from 0 over the whole run and joins them."""
