"""What a published file covers: its quarter and setting, by names, headings and options."""

from __future__ import annotations

import re

from infusion_asp.tables.store.errors import WrongKind, WrongQuarter, WrongSetting
from infusion_asp.tables.store.files import Head, Source
from infusion_asp.tables.store.layouts import Layout, plain, stated_quarters
from infusion_asp.tables.store.quarter import Quarter, quarters_in

_MEDICAID = re.compile(r"medicaid|(?<![a-z])mcd(?![a-z])", re.IGNORECASE)
_OTHERS = {
    "labelername": "the crosswalk of national drug codes",
    "ndc2": "the crosswalk of national drug codes",
}


def quarter_of(source: Source, head: Head, asked: Quarter | None) -> Quarter:
    """The quarter of a file, on which its names, its headings and the option have to agree."""
    for name in source.names:
        if _MEDICAID.search(name):
            raise WrongKind(
                f"'{name}' is a table of Medicaid", "import the Medicare file of the quarter"
            )
    named = frozenset[Quarter]().union(*(quarters_in(name) for name in source.names))
    found = named | stated_quarters(head)
    if len(found) > 1:
        raise WrongQuarter(
            f"'{source.name}' names several quarters: {', '.join(map(str, sorted(found)))}",
            "give the file under the name it is published with",
        )
    if asked is not None and found and asked not in found:
        raise WrongQuarter(
            f"'{source.name}' is of {next(iter(found))}, not of {asked}",
            "leave --quarter out, or give the file of that quarter",
        )
    if asked is not None:
        return asked
    if not found:
        raise WrongQuarter(
            f"the name '{source.name}' does not say which quarter it is of",
            "name it with --quarter, for example --quarter 2025Q4",
        )
    return next(iter(found))


def setting_of(layout: Layout, source: Source, head: Head, asked: str) -> str:
    """The setting of a file, on which it and the option have to agree; empty for both."""
    if not layout.settings:
        if asked:
            raise WrongSetting(
                f"a table of {layout.title} holds for both settings", "leave --setting out"
            )
        return ""
    found = layout.setting(source, head)
    if asked and found and asked != found:
        raise WrongSetting(
            f"'{source.name}' is of the {found} setting, not of {asked}",
            "leave --setting out, or give the file of that setting",
        )
    if not (found or asked):
        raise WrongSetting(
            f"the name '{source.name}' does not say which setting it is of",
            f"name it with --setting: {', '.join(layout.settings)}",
        )
    return found or asked


def described(head: Head) -> str:
    """What a file is that is no table of ours, where its headings tell."""
    for row in head:
        for cell in row:
            if plain(cell) in _OTHERS:
                return _OTHERS[plain(cell)]
    return ""
