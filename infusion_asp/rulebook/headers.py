"""Owns the headers of rules: comment lines above statements, read by line adjacency."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from clingo.ast import AST, ASTType

from infusion_asp.rulebook.errors import Problem, did_you_mean
from infusion_asp.rulebook.source import Source

KEYS = (
    "title",
    "implements",
    "sentence",
    "help",
    "cites",
    "from",
    "to",
    "settings",
    "payers",
    "level",
    "risk",
    "replaces",
    "allow",
)
KEY = "header-key"
INCOMPLETE = "incomplete-header"
DATES = "inconsistent-dates"
LEVELS = ("info", "warning", "error")
RISKS = ("over", "under", "documentation", "none")
_START = re.compile(r"^%\s*@rule\b\s*(.*)$")
_KEY = re.compile(r"^%\s{0,2}([A-Za-z_]+)\s*:(?:\s+(.*))?$")
_MORE = re.compile(r"^%\s{3,}(.*)$")
_ID = re.compile(r"^[a-z][a-z0-9_]*$")


@dataclass(frozen=True)
class Rule:
    """One rule: its header, and the statements that the header covers."""

    id: str
    title: str
    implements: tuple[str, ...]
    sentence: str
    help: str
    cites: tuple[str, ...]
    date_from: date | None
    date_to: date | None
    settings: frozenset[str]
    payers: frozenset[str]
    level: str
    risk: str
    replaces: str | None
    file: str
    line: int
    text: str
    statements: tuple[AST, ...] = field(repr=False)
    allow: str = ""
    lines: Mapping[str, int] = field(default_factory=dict, repr=False, compare=False)

    def applies(self, day: date, setting: str, payer: str) -> bool:
        """Whether the header's dates (both included), settings and payers allow it."""
        return (
            (self.date_from is None or self.date_from <= day)
            and (self.date_to is None or day <= self.date_to)
            and (not self.settings or setting in self.settings)
            and (not self.payers or payer in self.payers)
        )

    @property
    def conditional(self) -> bool:
        """Whether the header limits the rule to dates, settings or payers."""
        return bool(self.date_from or self.date_to or self.settings or self.payers)


@dataclass(frozen=True)
class _Header:
    id: str
    line: int
    last: int
    values: Mapping[str, str]
    lines: Mapping[str, int]


def read_rules(source: Source) -> tuple[tuple[Rule, ...], tuple[Problem, ...]]:
    """The rules of one file, and what is wrong with their headers."""
    problems: list[Problem] = []
    headers = _headers(source, problems)
    held: list[list[AST]] = [[] for _ in headers]
    for statement in source.statements:
        if statement.ast_type == ASTType.Program:
            continue  # checks.py refuses any but `base`
        line = statement.location.begin.line
        above = [index for index, header in enumerate(headers) if header.line <= line]
        if above:
            held[above[-1]].append(statement)
        else:
            problems.append(
                source.problem(
                    statement,
                    "statement without a rule header",
                    "put '% @rule some_id' and its keys on the lines above",
                    "missing-header",
                )
            )
    rules = []
    for index, header in enumerate(headers):
        if not held[index]:
            problems.append(
                source.problem_at(
                    header.line,
                    1,
                    f"rule '{header.id}' covers no statement",
                    "a header covers the statements up to the next header",
                    "empty-rule",
                )
            )
        rules.append(_rule(source, header, tuple(held[index]), problems))
    return tuple(rules), tuple(problems)


def _headers(source: Source, problems: list[Problem]) -> list[_Header]:
    lines = [
        (comment.location.begin.line, comment.location.begin.column, str(comment.value).rstrip())
        for comment in source.comments
        if comment.comment_type == 0 and source.line(comment.location.begin.line).startswith("%")
    ]
    lines.sort()
    headers: list[_Header] = []
    position = 0
    while position < len(lines):
        line, column, text = lines[position]
        position += 1
        started = _START.match(text)
        if not started:
            continue
        values: dict[str, str] = {}
        places: dict[str, int] = {}
        key, last = "", line
        while position < len(lines) and lines[position][0] == last + 1:
            last, column, text = lines[position]
            if _START.match(text):
                last -= 1
                break
            position += 1
            more, pair = _MORE.match(text), _KEY.match(text)
            if more and key:
                values[key] = f"{values[key]} {more[1].strip()}".strip()
            elif pair and pair[1] in KEYS:
                key = pair[1]
                if key in values:
                    said = f"'{key}' is given twice"
                    problems.append(source.problem_at(last, column, said, id=KEY))
                values[key], places[key] = (pair[2] or "").strip(), last
            elif pair:
                cure = did_you_mean(pair[1], KEYS) or f"the keys are {', '.join(KEYS)}"
                said = f"unknown key '{pair[1]}'"
                problems.append(source.problem_at(last, column, said, cure, KEY))
                key = ""
                values[key] = ""
            else:
                problems.append(
                    source.problem_at(
                        last,
                        column,
                        "neither 'key: value' nor the continuation of one",
                        "indent a continuation by three blanks; part free comments by a blank line",
                        KEY,
                    )
                )
        rule_id = started[1].strip()
        if not _ID.match(rule_id):
            problems.append(
                source.problem_at(
                    line,
                    1,
                    f"'{rule_id}' is no rule id",
                    "an id is a lower-case letter, then letters, digits and underscores",
                    "rule-id",
                )
            )
        headers.append(_Header(rule_id, line, last, values, places))
    return headers


def _rule(
    source: Source, header: _Header, statements: tuple[AST, ...], problems: list[Problem]
) -> Rule:
    values = header.values

    def wrong(key: str, message: str, help: str, id: str = "header-value") -> None:
        line = header.lines.get(key, header.line)
        problems.append(source.problem_at(line, 1, message, help, id))

    def day(key: str) -> date | None:
        if key not in values:
            return None
        try:
            return date.fromisoformat(values[key])
        except ValueError:
            wrong(key, f"'{values[key]}' is no date", "write it as 2025-01-31")
            return None

    def words(key: str) -> tuple[str, ...]:
        return tuple(w.strip() for w in values.get(key, "").split(",") if w.strip())

    def one_of(key: str, allowed: tuple[str, ...], default: str) -> str:
        value = values.get(key, default)
        if value not in allowed:
            cure = did_you_mean(value, allowed) or f"one of {', '.join(allowed)}"
            wrong(key, f"'{value}' is no {key}", cure)
        return value

    if not values.get("title"):
        wrong(
            "title",
            f"rule '{header.id}' has no title",
            "add '% title: ...' to its header",
            INCOMPLETE,
        )
    first, last = day("from"), day("to")
    if first and last and last < first:
        wrong("to", f"'to: {last}' is before 'from: {first}'", "swap the two dates", DATES)
    end = max((s.location.end.line for s in statements), default=header.last)
    return Rule(
        id=header.id,
        title=values.get("title", ""),
        implements=words("implements"),
        sentence=values.get("sentence", ""),
        help=values.get("help", ""),
        cites=words("cites"),
        date_from=first,
        date_to=last,
        settings=frozenset(words("settings")),
        payers=frozenset(words("payers")),
        level=one_of("level", LEVELS, "info"),
        risk=one_of("risk", RISKS, "none"),
        replaces=values.get("replaces") or None,
        file=source.name,
        line=header.line,
        text="\n".join(source.lines[header.line - 1 : max(end, header.last)]),
        statements=statements,
        allow=values.get("allow", ""),
        lines=header.lines,
    )
