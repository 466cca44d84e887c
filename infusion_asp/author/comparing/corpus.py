"""Owns the encounters on which two rulebooks are tried: those of rule tests, likely ones first."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from infusion_asp.author.testing import BadCase, cases_of

Case = dict[str, Any]
STEP = 7


def cases_in(tests: Path | None) -> list[Case]:
    """The encounters of the rule tests, each once, with profile and policies."""
    found: dict[str, Case] = {}
    for path in sorted(tests.glob("*.yaml")) if tests else ():
        try:
            read = list(cases_of(path.read_text(encoding="utf-8")))
        except (BadCase, ValueError, OSError):
            continue
        for each in read:
            case = {
                "encounter": each.encounter,
                "profile": each.profile,
                "policies": dict(each.policies),
                "about": path.stem,
            }
            found.setdefault(repr(sorted(case.items(), key=lambda pair: pair[0])), case)
    return list(found.values())


def likely_first(
    cases: Iterable[Case], about: Collection[str], words: Collection[str]
) -> list[Case]:
    """Cases of the changed rules first, smallest first; the others in wide steps."""
    ids = sorted({each.lower() for each in about})
    texts = {each for each in words if len(each) > 3}
    near: list[tuple[int, Case]] = []
    far: list[tuple[int, Case]] = []
    for case in cases:
        said = str(case["encounter"]) + str(case["policies"])
        stem = case["about"].lower()
        score = 2 * (stem in ids) + any(each.startswith(stem[:1]) for each in ids)
        score += sum(word in said for word in texts) - len(case["policies"])
        (near if score > 0 else far).append((score, case))
    near.sort(key=lambda pair: (-pair[0], len(pair[1]["encounter"].get("administrations", ()))))
    spread = [far[at] for start in range(STEP) for at in range(start, len(far), STEP)]
    return [case for _, case in (*near, *spread)]
