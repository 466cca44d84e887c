"""Owns the compact notation of rule tests: from YAML to encounters and what must come of them.

A file is a list of cases. `given` is the record (words.py says how one administration is written),
`values` with `for` or `policy` spreads a case over several values. Expected are:

* `lines`: all lines, `96365 x2 [59]`, with their days (`@0`) where one of them has one
* `by`: the administrations behind a code; `unreported`: the rule by which one is nothing
* `findings`, `no_findings`: rules, also with their subject and detail (`pair_denied 96405 96406`)
* `billed` makes a claim of it; then `claim`: all findings about it, `rule CODE > OTHER xUNITS`;
  `not_evaluated`: all rules that the claim gives no facts for; `behind`: administrations by code
* `holds`, `absent`: atoms of the vocabulary; `says`, `silent`: sentences as said.py writes them
* `reasons`: by code or administration, rules (or
  pieces of sentences) that its reasons name

`facts` adds input atoms that no record gives, such as those of imported tables. `encounter` is a
whole record in the encounter format, `record` a file with one.

Beside a file of cases, `outcomes/` and `derived/` may hold files of the same name (beside.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from infusion_asp.author.testing.beside import NOTHING, derived_beside, outcomes_beside
from infusion_asp.author.testing.words import (
    DAY,
    BadCase,
    access,
    administration,
    billed_line,
    scalar,
    service,
    visit,
)

__all__ = ["DAY", "BadCase", "Case", "cases_of", "read_cases"]

PARTS = ("accesses", "visits", "other_services", "diagnoses")
FIELDS = (
    "setting",
    "payer",
    "place_of_service",
    "primary_reason",
    "arrival",
    "departure",
    "inpatient_order",
    *PARTS,
)
KEYS = {
    *("name", "given", "date", "profile", "policies", "policy", "lines", "by", "record"),
    *("unreported", "findings", "no_findings", "billed", "claim", "not_evaluated", "behind"),
    *("holds", "absent", "says", "silent", "reasons", "facts", "encounter", *FIELDS),
}


@dataclass(frozen=True)
class Case:
    """One statement of the rules: an encounter and what must come of it."""

    name: str
    encounter: dict[str, Any]
    profile: str | None = None
    policies: dict[str, str] = field(default_factory=dict)
    policy: str | None = None
    lines: tuple[str, ...] | None = None
    by: dict[str, list[str]] = field(default_factory=dict)
    unreported: dict[str, str] = field(default_factory=dict)
    findings: tuple[str, ...] = ()
    no_findings: tuple[str, ...] = ()
    claim: tuple[str, ...] | None = None
    not_evaluated: tuple[str, ...] | None = None
    behind: dict[str, list[str]] = field(default_factory=dict)
    holds: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    reasons: dict[str, list[str]] = field(default_factory=dict)
    facts: tuple[str, ...] = ()
    outcome: tuple[str, ...] | None = None
    file: str = ""
    line: int = 0

    @property
    def dated(self) -> bool:
        """Whether the expected lines name their dates."""
        return any("@" in line for line in self.lines or ())

    @property
    def judged(self) -> bool:
        """Whether the case has a claim, so that the rules of claims hold."""
        return "billed" in self.encounter or self.claim is not None

    @property
    def first_day(self) -> datetime:
        """Day 0 of the expected lines."""
        given = self.encounter.get("administrations", ())
        starts = [str(each["start"]) for each in given if each.get("start")]
        return datetime.fromisoformat(min(starts, default=DAY)[:10])

    @property
    def place(self) -> str:
        """Where it stands, and its name."""
        return f"{self.file}:{self.line}: {self.name}" if self.file else self.name


def read_cases(path: Path, shown: str | None = None) -> list[Case]:
    """The cases of one file, with what stands beside it. Raises BadCase: file and line."""
    cases = list(cases_of(path.read_text("utf-8"), shown or str(path), path.parent))
    outcomes, derived = outcomes_beside(path), derived_beside(path)
    return [
        replace(
            case,
            outcome=outcomes.get(case.name),
            holds=(*case.holds, *derived.get(case.name, NOTHING).holds),
            absent=(*case.absent, *derived.get(case.name, NOTHING).absent),
            says=(*case.says, *derived.get(case.name, NOTHING).says),
            silent=(*case.silent, *derived.get(case.name, NOTHING).silent),
        )
        for case in cases
    ]


def cases_of(text: str, file: str = "", directory: Path | None = None) -> Iterator[Case]:
    """The cases of a text, those with `values` spread out."""
    loader = yaml.BaseLoader(text)
    try:
        node = loader.get_single_node()
        items = [] if node is None else list(node.value)
        if node is not None and not isinstance(node, yaml.SequenceNode):
            raise BadCase(f"{file}:1: not a list of cases", "begin each case with '- name: ...'")
        raws = [(each.start_mark.line + 1, loader.construct_object(each, True)) for each in items]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}:{mark.line + 1}" if mark else file
        said = getattr(error, "problem", None) or "this is no YAML"
        raise BadCase(f"{where}: {said}", "each case is a list item of 'key: value'") from None
    for line, raw in raws:
        try:
            for spread in _spread(raw):
                yield _case(spread, file, line, directory)
        except BadCase as error:
            raise BadCase(f"{file}:{line}: {error.message}", error.help) from None
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise BadCase(f"{file}:{line}: this is no case ({error})", _SHAPE) from None


_SHAPE = "a case has a name, given: {a1: drug and times} and what is expected"


def _spread(raw: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "values" not in raw:
        yield raw
        return
    base = {key: value for key, value in raw.items() if key not in ("values", "for")}
    for value, change in raw["values"].items():
        if "for" in raw:
            case = _filled(base, raw["for"], value)
        else:
            case = dict(base) | {"policies": base.get("policies", {}) | {raw["policy"]: value}}
        case |= change if isinstance(change, Mapping) else {"lines": change}
        mark = value if "for" in raw else f"{raw['policy']} {value}"
        if f"<{raw.get('for')}>" not in raw["name"]:
            case["name"] += f": {mark}"
        yield case


def _filled(value: Any, name: str, text: str) -> Any:
    if isinstance(value, str):
        return value.replace(f"<{name}>", text)
    if isinstance(value, Mapping):
        return {key: _filled(each, name, text) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, name, text) for each in value]
    return value


def _case(raw: dict[str, Any], file: str, line: int, directory: Path | None) -> Case:
    unknown = sorted(set(raw) - KEYS)
    if unknown:
        raise BadCase(f"unknown key '{unknown[0]}'", f"the keys are {', '.join(sorted(KEYS))}")
    if "name" not in raw:
        raise BadCase("a case without a name", "add 'name: what the case shows'")
    return Case(
        name=raw["name"],
        encounter=_encounter(raw, directory),
        profile=raw.get("profile"),
        policies=dict(raw.get("policies", {})),
        policy=raw.get("policy"),
        lines=_texts(raw, "lines"),
        by=raw.get("by", {}),
        unreported=raw.get("unreported", {}),
        findings=tuple(raw.get("findings", ())),
        no_findings=tuple(raw.get("no_findings", ())),
        claim=_texts(raw, "claim"),
        not_evaluated=_texts(raw, "not_evaluated"),
        behind=raw.get("behind", {}),
        holds=tuple(raw.get("holds", ())),
        absent=tuple(raw.get("absent", ())),
        says=tuple(raw.get("says", ())),
        silent=tuple(raw.get("silent", ())),
        reasons=raw.get("reasons", {}),
        facts=tuple(raw.get("facts", ())),
        file=file,
        line=line,
    )


def _texts(raw: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    found = raw.get(key)
    return tuple(sorted(found)) if isinstance(found, list) else None


def _encounter(raw: dict[str, Any], directory: Path | None) -> dict[str, Any]:
    day = datetime.fromisoformat(raw.get("date", DAY))
    if "record" in raw:
        path = (directory or Path()) / raw["record"]
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return found
    if "encounter" in raw:
        found = json.loads(raw["encounter"])
        return found
    found = {"encounter_id": "case"}
    for name in FIELDS:
        if name in raw and name not in PARTS:
            found[name] = scalar(name, raw[name], day)
    found["accesses"] = [access(name, text) for name, text in raw.get("accesses", {}).items()]
    found["visits"] = [visit(name, text, day) for name, text in raw.get("visits", {}).items()]
    found["other_services"] = [service(each) for each in raw.get("other_services", ())]
    found["diagnoses"] = list(raw.get("diagnoses", ()))
    given = raw.get("given", {})
    found["administrations"] = [administration(name, text, day) for name, text in given.items()]
    if "billed" in raw:
        found["billed"] = [billed_line(each, day) for each in raw["billed"]]
    return found
