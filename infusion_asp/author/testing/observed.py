"""Owns what an answer says in the words of the test notation, and how it falls short of a case."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import clingo

from infusion_asp.author.testing.notation import Case
from infusion_asp.coding.lines import modifiers
from infusion_asp.facts import Clock
from infusion_asp.model import Encounter

Signature = tuple[str, int]
Rows = Callable[[Signature], Iterable[Sequence[clingo.Symbol]]]
"""The arguments of the atoms of a predicate in one answer."""

READ: tuple[Signature, ...] = (
    ("line", 5),
    ("line_member", 4),
    ("unreported", 2),
    ("finding", 3),
    ("claim_finding", 4),
    ("claim_member", 2),
    ("not_evaluated", 1),
)
OUTPUTS: tuple[Signature, ...] = (
    *READ,
    ("earned", 7),
    ("because", 2),
    ("claim_evidence", 2),
    ("claim_reading", 4),
)


@dataclass(frozen=True)
class Failure:
    """One expectation that doesn't hold: what was expected and what came instead, line by line.

    `subject` is what it is about: codes, administrations or rules.
    """

    kind: str
    expected: tuple[str, ...]
    got: tuple[str, ...]
    subject: tuple[str, ...] = ()


def predicates_of(case: Case) -> frozenset[Signature]:
    """The predicates that a case reads beside the usual ones."""
    found = [_term(text) for text in (*case.holds, *case.absent)]
    every = frozenset(OUTPUTS if case.outcome is not None else ())
    return every | frozenset((atom.name, len(atom.arguments)) for atom in found)


def failures(case: Case, encounter: Encounter, rows: Rows) -> tuple[Failure, ...]:
    """Every expectation of a case that an answer does not meet; reasons are looked at elsewhere."""
    found = [*_lines(case, encounter, rows), *_not_reported(case, rows), *_findings(case, rows)]
    if case.judged:
        found += _claim(case, rows)
    found += _atoms(case, rows)
    if case.outcome is not None and not found:
        got = outcome_of(rows)
        if got != case.outcome:
            names = {text.split("(")[0] for text in _apart(got, case.outcome)}
            found.append(Failure("outcome", case.outcome, got, tuple(sorted(names))))
    return tuple(found)


def outcome_of(rows: Rows) -> tuple[str, ...]:
    """Every output atom of an answer."""
    return tuple(
        sorted(
            str(clingo.Function(name, list(row))) for name, n in OUTPUTS for row in rows((name, n))
        )
    )


def line_texts(case: Case, encounter: Encounter, rows: Rows) -> list[str]:
    """`CODE xN [mods] @day`, where day 0 is the first date of the case."""
    clock = Clock.of(encounter)
    return sorted(
        line_text(
            code.string,
            units.number,
            modifiers(mods),
            clock.date(day.number) if day.type == clingo.SymbolType.Number else None,
            case.first_day.date() if case.dated else None,
        )
        for _, code, mods, day, units in rows(("line", 5))
    )


def line_text(
    code: str, units: int, mods: Sequence[str], day: date | None, first: date | None
) -> str:
    """One line; without `first` its date is left out."""
    text = code + (f" x{units}" if units != 1 else "")
    text += f" [{','.join(mods)}]" if mods else ""
    if first is not None and day is not None:
        text += f" @{(day - first).days}"
    return text


def _lines(case: Case, encounter: Encounter, rows: Rows) -> Iterable[Failure]:
    if case.lines is not None:
        got = tuple(line_texts(case, encounter, rows))
        if got != case.lines:
            codes = {text.split()[0] for text in _apart(got, case.lines)}
            yield Failure("lines", case.lines, got, tuple(sorted(codes)))
    if case.by:
        earners: dict[str, set[str]] = {}
        for key, _, _, admin in rows(("line_member", 4)):
            earners.setdefault(key.string, set()).add(admin.string)
        for code, wanted in case.by.items():
            had = earners.get(code, set())
            if had != set(wanted):
                yield Failure("by", _behind(code, wanted), _behind(code, had), (code,))


def _apart(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """What stands in only one of two lists, or more often in one."""
    left, right = list(first), list(second)
    for each in first:
        if each in right:
            right.remove(each)
            left.remove(each)
    return left + right


def _behind(code: str, names: Iterable[str]) -> tuple[str, ...]:
    return (f"{code} by {', '.join(sorted(names)) or 'nothing'}",)


def _not_reported(case: Case, rows: Rows) -> Iterable[Failure]:
    if not case.unreported:
        return
    found: dict[str, set[str]] = {}
    for given, by in rows(("unreported", 2)):
        found.setdefault(given.string, set()).add(by.name)
    for admin, rule in case.unreported.items():
        got = found.get(admin, set())
        if rule not in got:
            said = (f"{admin}: {', '.join(sorted(got)) or 'no reason'}",)
            yield Failure("unreported", (f"{admin}: {rule}",), said, (admin, rule))


def _findings(case: Case, rows: Rows) -> Iterable[Failure]:
    if not case.findings and not case.no_findings:
        return
    found = [[_plain(each) for each in row] for row in rows(("finding", 3))]
    texts = tuple(sorted(_finding(row) for row in found))
    missing = tuple(text for text in case.findings if not _fits(text, found))
    if missing:
        yield Failure("findings", missing, texts, tuple(text.split()[0] for text in missing))
    wrong = tuple(text for text in case.no_findings if _fits(text, found))
    if wrong:
        said = tuple(f"not {text}" for text in wrong)
        yield Failure("no_findings", said, texts, tuple(text.split()[0] for text in wrong))


def _fits(text: str, rows: Iterable[Sequence[str]]) -> bool:
    words = text.split()
    return any(list(row[: len(words)]) == words for row in rows)


def _finding(row: Sequence[str]) -> str:
    return " ".join(each for each in row if each not in ("none", "encounter"))


def _claim(case: Case, rows: Rows) -> Iterable[Failure]:
    if case.claim is not None:
        got = tuple(sorted(_claim_text(row) for row in rows(("claim_finding", 4))))
        if got != case.claim:
            apart = {text.split()[0] for text in _apart(got, case.claim)}
            yield Failure("claim", case.claim, got, tuple(sorted(apart)))
    if case.not_evaluated is not None:
        open_rules = tuple(sorted(_plain(row[0]) for row in rows(("not_evaluated", 1))))
        if open_rules != case.not_evaluated:
            yield Failure("not_evaluated", case.not_evaluated, open_rules)
    for code, wanted in case.behind.items():
        had = {admin.string for each, admin in rows(("claim_member", 2)) if each.string == code}
        if had != set(wanted):
            yield Failure("behind", _behind(code, wanted), _behind(code, had), (code,))


def _claim_text(row: Sequence[clingo.Symbol]) -> str:
    """`rule CODE > OTHER xUNITS`; what is empty is left out."""
    rule, code, other, units = row
    text = f"{rule.name} {_plain(code)}".rstrip()
    text += f" > {_plain(other)}" if _plain(other) else ""
    return text + (f" x{units.number}" if units.number else "")


def _atoms(case: Case, rows: Rows) -> Iterable[Failure]:
    for text in case.holds:
        atom = _term(text)
        if not _has(atom, rows):
            yield Failure("holds", (text,), _like(atom, rows), (atom.name,))
    for text in case.absent:
        atom = _term(text)
        if _has(atom, rows):
            yield Failure("absent", (f"not {text}",), (text,), (atom.name,))


def sentence_failures(case: Case, said: Collection[clingo.Symbol]) -> Iterable[Failure]:
    """Sentences expected that no rule says, and said that must not be."""
    for text in case.says:
        term = _term(text)
        if term not in said:
            alike = tuple(sorted(str(each) for each in said if each.name == term.name))
            yield Failure("says", (text,), alike, (term.name,))
    for text in case.silent:
        if (term := _term(text)) in said:
            yield Failure("silent", (f"not {text}",), (text,), (term.name,))


def _has(atom: clingo.Symbol, rows: Rows) -> bool:
    wanted = list(atom.arguments)
    return any(list(row) == wanted for row in rows((atom.name, len(wanted))))


def _like(atom: clingo.Symbol, rows: Rows) -> tuple[str, ...]:
    """The atoms of the same predicate."""
    found = rows((atom.name, len(atom.arguments)))
    return tuple(sorted(str(clingo.Function(atom.name, list(row))) for row in found))


@lru_cache(maxsize=65536)
def _term(text: str) -> clingo.Symbol:
    return clingo.parse_term(text)


def _plain(value: clingo.Symbol) -> str:
    return value.string if value.type == clingo.SymbolType.String else str(value)
