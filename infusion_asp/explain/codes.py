"""Owns what counts as a known code, and refuses unknown codes and administrations by name."""

from __future__ import annotations

import re

from infusion_asp.coding import Coder
from infusion_asp.model import Encounter, InputError
from infusion_asp.model.errors import did_you_mean, nearest, shown

_SHAPE = re.compile(r"[0-9A-Z]{5}")


def checked_code(coder: Coder, code: str) -> str:
    """The code in capitals; InputError where no table of ours knows it."""
    found = code.strip().upper()
    known = coder.tables.codes
    if not _SHAPE.fullmatch(found):
        help = "a billing code has 5 characters, like J1745"
        raise InputError("--why", f"{shown(code)} is not a billing code", help, kind="bad_code")
    if found in known or coder.tables.drugs.by_hcpcs(found):
        return found
    guess = did_you_mean(nearest(found, known, 0.7))
    help = f"{guess} infusion-asp rules list names what the rules report".strip()
    raise InputError("--why", f"{shown(code)} is a code that no table here has", help)


def checked_administration(encounter: Encounter, name: str) -> str:
    """The id of an administration; InputError with the known ones where there is none."""
    ids = [given.id for given in encounter.administrations]
    if name in ids:
        return name
    guess = did_you_mean(nearest(name, ids, 0.6))
    help = guess or f"known are {', '.join(ids[:20]) or 'none'}"
    raise InputError("--for", f"{shown(name)} is no administration of the encounter", help)


def label_of(coder: Coder, code: str) -> str:
    """Our own short label of a code, or the drug that it names."""
    row = coder.tables.codes.get(code)
    if row is not None:
        return row.label
    rows = coder.tables.drugs.by_hcpcs(code)
    return rows[0].generic if rows else ""
