"""Owns the listing of the profiles: each file of `profiles/` with the policies that it sets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from infusion_asp.render.words import columns, paragraph

_FACT = re.compile(r"^\s*\w*policy\(\s*\"?(\w+)\"?\s*,\s*\"?([\w.-]+)\"?\s*\)\s*\.", re.MULTILINE)
_REMARK = re.compile(r"\A\s*%[%!*]*\s*(?!@)(.+)")


def listing(rulebook: Path) -> Iterator[str]:
    """Lines for a terminal: per profile its name, what it says of itself, and what it sets."""
    for file in sorted((rulebook / "profiles").glob("*.lp")):
        text = file.read_text(encoding="utf-8")
        remark = _REMARK.match(text)
        yield file.stem
        if remark:
            yield paragraph(remark.group(1).strip(), 80, 2, 2)
        for name, value in _FACT.findall(text):
            yield columns((name, value), (32, 40), indent=4)
