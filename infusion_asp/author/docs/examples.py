"""Owns examples: passing cases of the rule tests in which a rule fires, the plainest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import clingo

from infusion_asp.author.docs.fired import fired
from infusion_asp.author.joint import Signature
from infusion_asp.author.models import Models
from infusion_asp.author.testing.bench import Bench, Prepared, rows_of
from infusion_asp.author.testing.notation import Case
from infusion_asp.author.testing.observed import line_texts
from infusion_asp.author.testing.running import outcomes, prepare
from infusion_asp.rulebook import Rulebook
from infusion_asp.rulebook.atoms import uses

MOST = 3
_NUMBER = re.compile(r"\b[A-Z]\d+\b")
_PLAIN = ("id", "drug", "route", "start", "stop", "mix", "hcpcs")


@dataclass(frozen=True)
class Given:
    """One administration of an example: what, how, when, and what else is charted."""

    id: str
    drug: str
    route: str
    times: str
    more: str


@dataclass(frozen=True)
class Example:
    """A passing test: its record, and the lines, findings and reasons that come of it."""

    name: str
    place: str
    record: tuple[str, ...]
    given: tuple[Given, ...]
    billed: tuple[str, ...]
    policies: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]
    said: tuple[str, ...]


def examples(
    bench: Bench, cases: Sequence[Case], most: int = MOST
) -> tuple[dict[str, tuple[Example, ...]], dict[str, int]]:
    """For each rule at most so many examples, and the number of passing tests in which it fires.

    A rule that fires in none (it lists values, or forbids what no right answer has) gets tests of
    the numbered rules that it carries out, else of the rules that read its values.

    Raises BadCase for a test that can't be read.
    """
    prepared = prepare(bench, cases)
    models = bench.models(prepared)
    passed = [
        number
        for number, outcome in enumerate(outcomes(bench, prepared, models))
        if outcome.passed and number not in models.wrong
    ]
    rules_of = fired(models)
    firing: dict[str, list[int]] = {}
    about: dict[str, list[int]] = {}
    for number in passed:
        for rule_id in rules_of.get(number, set()) | _named(cases[number]):
            firing.setdefault(rule_id, []).append(number)
        for subject in _subjects(cases[number].file):
            about.setdefault(subject, []).append(number)
    reading = _readers(bench.book)
    made: dict[int, Example] = {}
    found: dict[str, tuple[Example, ...]] = {}
    for rule in bench.book.rules:
        own = {number for subject in rule.implements for number in about.get(subject, ())}
        ranked = sorted(
            firing.get(rule.id)
            or own
            or {at for reader in reading.get(rule.id, ()) for at in firing.get(reader, ())},
            key=lambda number: (
                rule.id not in _named(cases[number]),
                number not in own and rule.id not in cases[number].name,
                _size(cases[number]),
                len(rules_of.get(number, ())),
                number,
            ),
        )
        chosen: dict[tuple[str, int], int] = {}
        for number in ranked:
            chosen.setdefault((cases[number].file, cases[number].line), number)
            if len(chosen) == most:
                break
        for number in chosen.values():
            if number not in made:
                made[number] = _example(prepared[number], models, number)
        found[rule.id] = tuple(made[number] for number in chosen.values())
    return found, {rule_id: len(numbers) for rule_id, numbers in firing.items()}


def _readers(book: Rulebook) -> dict[str, set[str]]:
    """For each rule those that read what it derives."""
    readers: dict[Signature, set[str]] = {}
    derived: dict[str, set[Signature]] = {}
    for rule in book.rules:
        for statement in rule.statements:
            for use in uses(statement):
                if use.in_head:
                    derived.setdefault(rule.id, set()).add(use.signature)
                else:
                    readers.setdefault(use.signature, set()).add(rule.id)
    return {
        rule: set().union(*(readers.get(signature, set()) for signature in heads))
        for rule, heads in derived.items()
    }


def _size(case: Case) -> int:
    record = case.encounter
    return len(record.get("administrations", ())) + len(record.get("billed", ()))


@cache
def _subjects(file: str) -> frozenset[str]:
    """The numbered rules that a file of tests is about: its first line names them, or its name."""
    try:
        with Path(file).open(encoding="utf-8") as lines:
            first = lines.readline()
    except OSError:
        first = ""
    named = _NUMBER.findall(first) if first.startswith("#") else []
    return frozenset([*named, Path(file).stem.upper()])


def _named(case: Case) -> set[str]:
    """The rules that a case expects by name."""
    found = {text.split()[0] for text in (*case.findings, *(case.claim or ()))}
    found |= set(case.unreported.values())
    found |= {each for wanted in case.reasons.values() for each in wanted if " " not in each}
    return found


def _example(prepared: Prepared, models: Models, number: int) -> Example:
    case = prepared.case

    def rows(signature: Signature) -> list[list[clingo.Symbol]]:
        return rows_of(models, number, signature)

    record = case.encounter
    day = case.first_day.date().isoformat()
    return Example(
        name=case.name,
        place=f"{case.file}:{case.line}",
        record=tuple(_record(record, day)),
        given=tuple(_given(each, day) for each in record.get("administrations", ())),
        billed=tuple(_billed(each) for each in record.get("billed", ())),
        policies=tuple(case.policies.items()),
        lines=tuple(line_texts(case, prepared.encounter, rows)),
        said=tuple(_said(case)),
    )


def _record(record: Mapping[str, Any], day: str) -> Iterator[str]:
    """What is charted beside what was given."""
    for name in ("setting", "payer", "place_of_service", "primary_reason"):
        if record.get(name):
            yield f"{name.replace('_', ' ')} {record[name]}"
    for name in ("arrival", "departure", "inpatient_order"):
        if record.get(name):
            yield f"{name.replace('_', ' ')} {_time(record[name], day)}"
    for kind, one in (("accesses", "access"), ("visits", "visit")):
        for each in record.get(kind, ()):
            yield f"{one} {_pairs(each, (), day)}"
    for each in record.get("other_services", ()):
        yield f"also on the claim {_billed(each)}"
    if record.get("diagnoses"):
        yield f"diagnoses {', '.join(record['diagnoses'])}"


def _given(each: Mapping[str, Any], day: str) -> Given:
    start, stop = each.get("start"), each.get("stop")
    times = _time(start, day) if start else "no start"
    if stop:
        times += f" to {_time(stop, day)}"
    mixed = " + ".join(each.get("mix", ()))
    return Given(
        each["id"],
        each.get("drug") or mixed or each.get("hcpcs", ""),
        str(each.get("route", "")).replace("_", " "),
        times,
        _pairs(each, _PLAIN, day),
    )


def _pairs(each: Mapping[str, Any], without: Iterable[str], day: str) -> str:
    """All other fields, `name value`."""
    found = []
    for name, value in each.items():
        if name in without:
            continue
        if name == "id":
            found.append(str(value))
        elif name == "pauses":
            spans = [f"{_time(p['start'], day)} to {_time(p['stop'], day)}" for p in value]
            found.append(f"paused {', '.join(spans)}")
        else:
            shown = _time(value, day) if isinstance(value, str) and "T" in value else value
            found.append(f"{name.replace('_', ' ')} {str(shown).replace('_', ' ')}")
    return "; ".join(found)


def _time(text: str, day: str) -> str:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return text
    days = (time.date() - datetime.fromisoformat(day).date()).days
    return time.strftime("%H:%M") + (f" on day {days + 1}" if days else "")


def _billed(line: Mapping[str, Any]) -> str:
    units, modifiers = line.get("units", 1), line.get("modifiers", ())
    text = str(line["code"]) + (f" x{units}" if units != 1 else "")
    return text + (f" [{','.join(modifiers)}]" if modifiers else "")


def _said(case: Case) -> Iterator[str]:
    """What the test expects beside the lines."""
    for text in case.findings:
        yield f"finding {text}"
    for text in case.no_findings:
        yield f"no finding {text}"
    for text in case.claim or ():
        yield f"about the claim: {text}"
    if case.claim == ():
        yield "nothing to say about the claim"
    for given, rule in case.unreported.items():
        yield f"{given} is not reported: {rule}"
