"""Owns `rules diff`: two rulebooks read, tried, and proved equal or shown to differ."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from infusion_asp.author.comparing.answers import KINDS, differences
from infusion_asp.author.comparing.canonical import changed
from infusion_asp.author.comparing.change import Change
from infusion_asp.author.comparing.corpus import Case, cases_in, likely_first
from infusion_asp.author.comparing.equal import look, out_of_reach
from infusion_asp.author.comparing.impact import impact_of
from infusion_asp.author.comparing.places import tests_beside
from infusion_asp.author.comparing.report import Difference, Report, TextChange
from infusion_asp.author.comparing.side import Book, Side
from infusion_asp.author.proving.record import encounter_of, policies_of
from infusion_asp.author.proving.shrink import shrunk, size_of
from infusion_asp.author.proving.space import DAY
from infusion_asp.engine import MemoryLimit, TimeLimit

ENOUGH = 6.0  # seconds after which what was found is enough
FIRST, BATCH = 60, 200
STEP = 20  # encounters sent at first: one without an answer takes long to judge
TRIES = 2  # encounters of the solver that turn out alike before the change is followed further
MORE = 3  # encounters of the solver where the first shows no other code
DEEPEST = 8  # how far it is followed
TEXTS = ("title", "sentence", "help", "level", "risk", "implements", "cites", "holds")


@dataclass(frozen=True)
class Limits:
    """`seconds` for each search of the solver, `megabytes`, the most administrations of a proof."""

    seconds: float = 20.0
    megabytes: int = 4096
    administrations: int = 2


def compare(
    old: Path,
    new: Path,
    *,
    names: tuple[str, str] = ("old", "new"),
    limits: Limits = Limits(),
    records: Sequence[Mapping[str, Any]] = (),
) -> Report:
    """What differs between two directories of rules, with the smallest encounters that show it.

    `records` are encounters of which is said how many change, in which codes and by how much
    money. Raises BadRules, EngineError.
    """
    begin = time.monotonic()
    sides = (
        Side(names[0], old, megabytes=limits.megabytes),
        Side(names[1], new, megabytes=limits.megabytes),
    )
    try:
        cases = cases_in(tests_beside(new, old))
        books = (sides[0].book(), sides[1].book())
        report = _Comparison(sides, books, limits, begin).report(cases)
        return replace(report, impact=impact_of(sides, records)) if records else report
    finally:
        for side in sides:
            side.close()


def answers(sides: tuple[Side, Side], cases: Sequence[Case]) -> list[tuple[Any, Any]]:
    """The compared parts of the answers of both sides, side by side."""
    for side in sides:
        side.ask({"reasons": False, "cases": cases})
    return list(zip(sides[0].answer(), sides[1].answer(), strict=True))


@dataclass
class _Comparison:
    sides: tuple[Side, Side]
    books: tuple[Book, Book]
    limits: Limits
    begin: float
    tried: int = 0
    without: int = 0

    def report(self, cases: Sequence[Case]) -> Report:
        old, new = self.books
        only_old, only_new = changed(old.keyed, new.keyed)
        rules = sorted(
            {old.statements[at][0] for at in only_old} | {new.statements[at][0] for at in only_new}
        )
        report = Report(
            names=(self.sides[0].name, self.sides[1].name),
            digests=(old.digest, new.digest),
            rules=tuple(rules),
            removed=tuple(old.statements[at][::2] for at in only_old),
            added=tuple(new.statements[at][::2] for at in only_new),
            texts=_texts(old, new),
            tables=old.tables != new.tables,
            space=f"at most {self.limits.administrations} administrations",
        )
        if not rules and not report.tables:
            return report.ended("equal", "both hold the same rules", self._took)
        likely = likely_first(cases, *_about(self.books, rules, only_old, only_new))
        note, how, size = "", "different", 0
        with ThreadPoolExecutor(1) as pool:  # this process has nothing to do while the sides code
            change = pool.submit(Change.of, old, new, only_old, only_new)
            found = self._tried(likely[:FIRST])
        if not found:
            found, how, note, size = self._searched(change.result(), report.tables)
            if how in ("swept", "open"):
                found = self._tried(likely[FIRST:])
                how, note = ("different", "") if found else (how, self._swept(note))
            elif found and not set(found) & set(KINDS[:4]):
                found = self._ordered(self._tried(likely[FIRST : FIRST + BATCH]) | found)
        shown = [self._shown(kind, case) for kind, case in found.items()]
        return report.ended(how, note, self._took, tuple(shown), self.tried, size)

    @property
    def _took(self) -> float:
        return time.monotonic() - self.begin

    def _tried(self, cases: Sequence[Case]) -> dict[str, Case]:
        """The smallest case of each kind of difference among those tried."""
        found: dict[str, Case] = {}
        at, size = 0, STEP
        while at < len(cases) and not self._enough(found):
            part = cases[at : at + size]
            at, size = at + size, min(2 * size, BATCH)
            for case, (one, other) in zip(part, answers(self.sides, part), strict=True):
                self.tried += 1
                self.without += bool(one["kind"] and one["kind"] == other["kind"])
                for kind in differences(one, other):
                    if kind not in found or _size(case) < _size(found[kind]):
                        found[kind] = case
        return {kind: self._small(kind, case) for kind, case in self._ordered(found).items()}

    def _ordered(self, found: dict[str, Case]) -> dict[str, Case]:
        return {kind: found[kind] for kind in KINDS if kind in found}

    def _enough(self, found: Mapping[str, Case]) -> bool:
        late = self._took > ENOUGH and self.tried >= FIRST
        return KINDS[0] in found or bool(found and late)

    def _small(self, kind: str, case: Case) -> Case:
        if self._took > ENOUGH + 2:
            return case

        def holds(records: Sequence[dict[str, Any]]) -> list[bool]:
            if self._took > ENOUGH + 2:
                return [False] * len(records)
            asked = [case | {"encounter": each} for each in records]
            return [kind in differences(*pair) for pair in answers(self.sides, asked)]

        usual = case | {"policies": {}, "profile": None}
        if kind in differences(*answers(self.sides, [usual])[0]):
            case = usual
        record = {name: value for name, value in case["encounter"].items() if value != []}
        return case | {"encounter": shrunk(record, holds)}

    def _swept(self, note: str) -> str:
        return f"no difference in {self.tried} encounters; {note}"

    def _searched(self, change: Change, tables: bool) -> tuple[dict[str, Case], str, str, int]:
        """Ask the solver: a difference, equality, or why neither is known."""
        if tables:
            return {}, "swept", "tables or policies differ, which no search leaves open", 0
        missing = out_of_reach(change)
        if missing:
            said = ", ".join(missing[:5])
            return {}, "swept", f"the generator never gives {said}", 0
        opened = sorted({str(u.arguments[0]) for s in change.statements for u in _policy_uses(s)})
        if _holding(self.books):
            return {}, "swept", "when a rule holds is changed, which no search leaves open", 0
        size, level, seen_alike = 0, int(change.only_facts), 0
        avoiding: list[dict[str, str]] = []  # of this level and count: others have other fields
        found: dict[str, Case] = {}
        count = 1
        while count <= self.limits.administrations:
            try:
                seen = look(
                    change,
                    level,
                    count,
                    opened,
                    seconds=self.limits.seconds,
                    megabytes=self.limits.megabytes,
                    avoiding=avoiding,
                )
            except (TimeLimit, MemoryLimit) as error:
                return {}, "swept", error.message, size
            if seen is None:
                return {}, "swept", "the change is not followed to every code and finding", size
            if seen.fields is None:
                if found:
                    break
                size, count, avoiding = size + seen.size, count + 1, []
                continue
            found |= self._tried([_case(seen.fields)])
            avoiding.append(seen.fields)
            if found:
                if set(found) & set(KINDS[:4]) or len(avoiding) >= MORE or self._took > ENOUGH:
                    break
                continue
            seen_alike += 1
            if seen_alike >= TRIES:
                level, seen_alike, avoiding = level + 1, 0, []
            if level > DEEPEST:
                return {}, "swept", "the changed rules say something else that no code shows", size
        if found:
            return found, "different", "", 0
        if self.without:
            note = f"{self.without} encounters have no single answer in both: nothing is proved"
            return {}, "open", note, size
        return {}, "proved", "what rests on the changed rules is the same within the bound", size

    def _shown(self, kind: str, case: Case) -> Difference:
        for side in self.sides:
            side.ask({"reasons": True, "cases": [case]})
        (one,), (other,) = self.sides[0].answer(), self.sides[1].answer()
        return Difference(
            kind, case["encounter"], case.get("profile"), case.get("policies") or {}, one, other
        )


def _holding(books: tuple[Book, Book]) -> bool:
    """Whether a rule of both holds on other days, or for other settings or payers."""
    old, new = books
    return any(
        old.rules[rule]["holds"] != new.rules[rule]["holds"]
        for rule in old.rules.keys() & new.rules.keys()
        if rule in old.gated and rule in new.gated
    )


def _policy_uses(statement: Any) -> list[Any]:
    from infusion_asp.rulebook.atoms import uses  # noqa: PLC0415

    return [use for use in uses(statement) if use.signature == ("policy", 2)]


def _case(fields: Mapping[str, str]) -> Case:
    return {
        "encounter": encounter_of(fields, DAY),
        "profile": None,
        "policies": policies_of(fields),
        "about": "",
    }


def _size(case: Case) -> tuple[int, ...]:
    """Usual policies first, then few administrations, then little charted."""
    chosen = len(case.get("policies") or {}) + bool(case.get("profile"))
    return chosen, *size_of(case["encounter"])


def _texts(old: Book, new: Book) -> tuple[TextChange, ...]:
    """What the headers of rules say otherwise."""
    found = []
    for rule in sorted({*old.rules, *new.rules}):
        before, after = old.rules.get(rule), new.rules.get(rule)
        if before is None or after is None:
            word = "added" if before is None else "removed"
            place = after or before or {}
            found.append(TextChange(rule, f"{place['file']}:{place['line']}", word, "", ""))
            continue
        for name in TEXTS:
            if before[name] != after[name]:
                at = f"{after['file']}:{after['line']}"
                found.append(TextChange(rule, at, name, _text(before[name]), _text(after[name])))
    return tuple(found)


def _text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _about(
    books: tuple[Book, Book], rules: Sequence[str], only_old: Sequence[int], only_new: Sequence[int]
) -> tuple[set[str], set[str]]:
    """Ids of RULES.md that the changed rules carry out, and the words of their statements."""
    ids: set[str] = set()
    for book in books:
        for rule in rules:
            ids |= set(book.rules.get(rule, {}).get("implements", ()))
    texts = [books[0].statements[at][2] for at in only_old]
    texts += [books[1].statements[at][2] for at in only_new]
    split = {word for text in texts for word in _words(text)}
    return ids, split


def _words(text: str) -> list[str]:
    """Constants and texts of a statement that an encounter could hold."""
    cut = "".join(each if each.isalnum() or each in "_" else " " for each in text)
    return [word for word in cut.split() if word[0].islower() or word[0].isdigit()]
