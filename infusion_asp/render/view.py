"""Owns what a template sees: plain data made from results, without control characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from infusion_asp.model.result import ErrorRecord, Result
from infusion_asp.model.verification import Verification
from infusion_asp.render.claim_view import claim_fields
from infusion_asp.render.source import Source
from infusion_asp.render.timeline import draw_plan

Shown = Result | Verification | ErrorRecord
"""What can be rendered."""

LEVELS = ("error", "warning", "info")
LEVELS_SHOWN = 3  # a sentence and two levels of reasons below it
SECTIONS = ("administration", "neighbour", "drug")

_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def clean(text: str) -> str:
    """`text` on one line, with nothing in it that a terminal or a browser would act on.

    Control characters and the marks that turn the direction of writing become blanks, so a drug
    name can't move the cursor or hide another name.
    """
    if text.isprintable() and not _BIDI.intersection(text):
        return text
    kept = (
        " " if ch in _BIDI or unicodedata.category(ch) in ("Cc", "Cs", "Zl", "Zp") else ch
        for ch in text
    )
    return "".join(kept)


def cleaned(value: Any) -> Any:
    """`value` with every text in it cleaned, mappings and lists followed to the end."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(str(key)): cleaned(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(each) for each in value]
    return value


def views(
    results: Sequence[Shown], *, full: bool, sources: Iterable[Source] = ()
) -> list[dict[str, Any]]:
    """One mapping per result, in order; `number` counts from 1 and serves as an anchor.

    `origins` are those of the source of the result, as pairs of what and where.
    """
    found = []
    for number, (each, source) in enumerate(zip_longest(results, sources), start=1):
        if each is not None:
            origins = cleaned([list(pair) for pair in source.origins]) if source else []
            found.append(view(each, number, full=full) | {"origins": origins})
    return found


def view(result: Shown, number: int, *, full: bool) -> dict[str, Any]:
    """The data of one result: its fields, and what several templates would compute alike.

    `kind` is `result`, `verification` or `error`.
    """
    data: dict[str, Any] = cleaned(result.model_dump(mode="json"))
    data["number"] = number
    if isinstance(result, ErrorRecord):
        return {**data, "kind": "error"}
    depth = None if full else LEVELS_SHOWN
    if isinstance(result, Verification):
        data.update(claim_fields(result, data))
        data["lines"] = data["supported"]
    else:
        data["kind"] = "result"
        dates = {line["date"] for line in data["lines"]}
        data["one_date"] = dates.pop() if len(dates) == 1 else None
        for each in data["not_reported"]:
            each["because"] = _unsaid_reasons(each["sentence"], pruned(each["because"], depth))
    for line in data["lines"]:
        line["because"] = pruned(line["because"], depth)
        line["own_sentences"] = _unsaid(line["sentences"], line["because"])
        line["order"] = SECTIONS.index(line["section"])
        line["has_reasons"] = bool(line["because"] or line["own_sentences"])
        line["earned"] = _earned(line["units_by"], line["administrations"])
    data["lines"].sort(key=lambda line: line["order"])
    data["findings"] = [_finding(each, depth) for each in data["findings"]]
    data["findings"].sort(key=lambda finding: LEVELS.index(finding["level"]))
    data["counts"] = {
        level: sum(1 for each in data["findings"] if each["level"] == level) for level in LEVELS
    }
    data["timeline"] = draw_plan(data["timeline"]) if data.get("timeline") else None
    return data


def _finding(finding: Mapping[str, Any], depth: int | None) -> dict[str, Any]:
    """A finding of a result or of a claim, with the same keys."""
    because = _unsaid_reasons(finding["sentence"], pruned(finding.get("because", ()), depth))
    return {"citations": [], "note": "", **finding, "because": because}


def pruned(reasons: Sequence[Mapping[str, Any]], depth: int | None) -> list[dict[str, Any]]:
    """The reasons down to `depth` levels, siblings that say the same merged into one."""
    if depth == 0:
        return []
    below = None if depth is None else depth - 1
    merged: dict[tuple[str, str], dict[str, Any]] = {}
    for reason in reasons:
        children = pruned(reason["children"], below)
        key = (reason["rule"] or "", reason["sentence"])
        if key not in merged:
            merged[key] = {**reason, "children": children}
            continue
        known = merged[key]["children"]
        merged[key]["children"] = known + [each for each in children if each not in known]
    return list(merged.values())


def _unsaid(sentences: Sequence[str], reasons: Sequence[Mapping[str, Any]]) -> list[str]:
    """The sentences that no reason of the first level repeats, each once."""
    said = {reason["sentence"] for reason in reasons}
    return [each for each in dict.fromkeys(sentences) if each not in said]


def _unsaid_reasons(sentence: str, reasons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The reasons without one that only repeats `sentence`; its children take its place."""
    lifted: list[dict[str, Any]] = []
    for reason in reasons:
        lifted.extend(reason["children"] if reason["sentence"] == sentence else [reason])
    return lifted


def _earned(
    units_by: Sequence[Mapping[str, Any]], administrations: Sequence[str]
) -> list[dict[str, Any]]:
    """Per administration how many units it earned and the minutes named for them, in order."""
    found: dict[str, dict[str, Any]] = {}
    for each in units_by:
        entry = found.setdefault(
            each["administration"],
            {"administration": each["administration"], "units": 0, "minutes": []},
        )
        entry["units"] += 1
        if each["minutes"] is not None and each["minutes"] not in entry["minutes"]:
            entry["minutes"].append(each["minutes"])
    for name in administrations:
        found.setdefault(name, {"administration": name, "units": 0, "minutes": []})
    return list(found.values())
