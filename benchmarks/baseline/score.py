"""Scores the baseline on published cases (a YAML file) the way their README says."""

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from . import code

LEFT_OUT = {"disputed", "payer_rule", "outdated", "drug_lines_only"} | {
    "partial_answer",
    "partial_excerpt",
}
BUILT = {"rule_statement", "rule_derived"}
VISITS = ("992", "920", "G038", "G0463")
Claim = Counter[tuple[str, tuple[str, ...]]]


def is_drug(text: str) -> bool:
    """Drug codes are letters J, P, Q and C9 of HCPCS."""
    return text[0] in "JPQ" or text.startswith("C9")


def comparable(lines: list[dict[str, Any]], skip: set[str]) -> Claim:
    """Units by code and modifiers other than 25, drugs and other services left out."""
    out: Claim = Counter()
    for line in lines:
        text = str(line["code"])
        modifiers = tuple(sorted(m for m in map(str, line["modifiers"]) if m != "25"))
        if is_drug(text) or text in skip or text.startswith(VISITS):
            continue
        out[text, tuple(m for m in modifiers if m not in ("JZ", "JW"))] += int(line["units"])
    return out


def main(path: str) -> None:
    """Print totals and every miss."""
    cases = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    totals: Counter[str] = Counter()
    for case in cases:
        skip = {str(s["code"]) for s in case["encounter"].get("other_services") or []}
        result = code(case["encounter"])
        got = comparable(
            [{"code": x.code, "units": x.units, "modifiers": x.modifiers} for x in result.lines],
            skip,
        )
        want = comparable(case["expected"], skip)
        tags = set(case["tags"])
        headline = case["confidence"] in ("high", "medium") and not tags & LEFT_OUT
        groups = ["all"] + (["headline"] if headline else [])
        if headline and not tags & BUILT:
            groups.append("narrated")
        for group in groups:
            totals[group] += 1
            totals[group + " right"] += got == want
        if got != want:
            print(("HEADLINE " if headline else "other    ") + case["id"], sorted(tags))
            print("   want", dict(want), "got", dict(got), result.not_reported)
    print(dict(totals))


if __name__ == "__main__":
    main(sys.argv[1])
