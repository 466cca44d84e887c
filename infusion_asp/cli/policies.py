"""Owns the listing of policies with their values, and of the profiles with what each sets."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from infusion_asp.render.words import columns, paragraph

_FACT = re.compile(r"^\s*\w*policy\(\s*\"?(\w+)\"?\s*,\s*\"?([\w.-]+)\"?\s*\)\s*\.", re.MULTILINE)
_REMARK = re.compile(r"\A\s*%[%!*]*\s*(?!@)(?:Owns )?(.+)")


def listing(rulebook: Path) -> Iterator[str]:
    """Lines for a terminal: profiles with what they set, policies with values, default first."""
    yield "PROFILES"
    yield from _profiles(rulebook)
    yield "\nPOLICIES"
    yield from _policies(rulebook / "profiles" / "policies.csv")


def _profiles(rulebook: Path) -> Iterator[str]:
    for file in sorted((rulebook / "profiles").glob("*.lp")):
        text = file.read_text(encoding="utf-8")
        remark = _REMARK.match(text)
        yield f"  {file.stem}"
        if remark:
            yield paragraph(remark.group(1).strip(), 80, 4, 4)
        for name, value in _FACT.findall(text):
            yield columns((name, value), (32, 40), indent=6)


def _policies(file: Path) -> Iterator[str]:
    if not file.is_file():
        return
    values: dict[str, list[str]] = {}
    said: dict[str, str] = {}
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            known = values.setdefault(row["policy"], [])
            known.insert(0 if row["default"] == "yes" else len(known), row["value"])
            said[row["policy"]] = row["who_says_what"]
    for name, known in values.items():
        yield f"  {name}"
        yield paragraph(", ".join(known), 80, 4, 4)
        if said[name].strip(" -"):
            yield paragraph(said[name], 80, 6, 8, bullet="says: ")
