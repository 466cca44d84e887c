"""Owns the vocabulary: the doc comments that say which predicates and constants exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from infusion_asp.rulebook.errors import Problem, did_you_mean
from infusion_asp.rulebook.source import Source

Signature = tuple[str, int]
DOC_COMMENT = "doc-comment"
MARKS = frozenset({"input", "derived", "output", "shared", "step"})
_ENUM = re.compile(r"^enum\s+([a-z]\w*)\s*:\s*(.*)$")
_VERSION = re.compile(r"^version\s*:?\s+(\S+)$")
_ATOM = re.compile(r"^([a-z]\w*)\s*(?:\(([^()]*)\))?\s*$")
_TYPES = re.compile(r"^[A-Z]\w*\s*:\s*[^;:]+(?:;\s*[A-Z]\w*\s*:\s*[^;:]+)*;?$")


@dataclass(frozen=True)
class Argument:
    """One argument: its name in the doc comment and its types, alternatives parted by `|`."""

    name: str
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Predicate:
    """One documented predicate; `marks` is some of input, derived, output, shared, step.

    A `step` is a piece of bookkeeping: only the full proof shows why it holds.
    """

    name: str
    arguments: tuple[Argument, ...]
    marks: frozenset[str]
    sentence: str = ""
    text: str = ""
    file: str = ""
    line: int = 0
    allow: str = ""

    @property
    def signature(self) -> Signature:
        return self.name, len(self.arguments)

    @property
    def shared(self) -> bool:
        """Constant over a batch: never gets an encounter argument."""
        return "shared" in self.marks


@dataclass(frozen=True)
class Vocabulary:
    """Every documented predicate by (name, arity), and every enumeration by name."""

    predicates: Mapping[Signature, Predicate] = field(default_factory=dict)
    enums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    version: str = "0"

    def get(self, name: str, arity: int) -> Predicate | None:
        return self.predicates.get((name, arity))

    def marked(self, mark: str) -> frozenset[Signature]:
        """The signatures with this mark (input, derived, output, shared or step)."""
        return frozenset(s for s, p in self.predicates.items() if mark in p.marks)

    @cached_property
    def shared(self) -> frozenset[Signature]:
        """Signatures without an encounter argument; `in_force/1` always is one."""
        return self.marked("shared") | {("in_force", 1)}

    @cached_property
    def steps(self) -> frozenset[Signature]:
        """Signatures that only the full proof explains."""
        return self.marked("step")

    def names(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.predicates)


def read_vocabulary(sources: Iterable[Source]) -> tuple[Vocabulary, tuple[Problem, ...]]:
    """The vocabulary of all given files (the shipped one first, then overlays')."""
    predicates: dict[Signature, Predicate] = {}
    enums: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    version = "0"
    for source in sources:
        for line, block in _blocks(source):
            head = block[0]
            if found := _VERSION.match(head):
                version = found[1]
            elif found := _ENUM.match(" ".join(block)):
                values = tuple(found[2].replace(",", " ").split())
                enums[found[1]] = tuple(dict.fromkeys((*enums.get(found[1], ()), *values)))
            elif found := _ATOM.match(head):
                predicate, wrong = _predicate(source, line, found, block[1:])
                problems.extend(source.problem_at(line, 1, w, id=DOC_COMMENT) for w in wrong)
                if predicate.signature in predicates:
                    shown = f"{predicate.name}/{len(predicate.arguments)}"
                    said = f"{shown} is documented twice"
                    problems.append(source.problem_at(line, 1, said, id=DOC_COMMENT))
                predicates[predicate.signature] = predicate
            else:
                problems.append(
                    source.problem_at(
                        line,
                        1,
                        f"'{head}' is no doc comment",
                        "write '%! name(Arg, Arg)', '%! enum name: value value' or '%! version 1'",
                        DOC_COMMENT,
                    )
                )
    problems.extend(_unknown_types(predicates.values(), enums))
    return Vocabulary(predicates, enums, version), tuple(problems)


def _blocks(source: Source) -> Iterator[tuple[int, list[str]]]:
    """Each doc comment with its first line's number: a `%!` line and the `%   ` lines below."""
    block: list[str] = []
    start = last = 0
    for comment in source.comments:
        line, text = comment.location.begin.line, str(comment.value).rstrip()
        if text.startswith("%!"):
            if block:
                yield start, block
            block, start = [text[2:].strip()], line
        elif block and line == last + 1 and re.match(r"^%\s{2,}\S", text):
            block.append(text[1:].strip())
        elif block:
            yield start, block
            block = []
        last = line
    if block:
        yield start, block


def _predicate(
    source: Source, line: int, found: re.Match[str], rest: list[str]
) -> tuple[Predicate, list[str]]:
    names = [a.strip() for a in (found[2] or "").split(",") if a.strip()]
    types: dict[str, tuple[str, ...]] = {}
    marks: set[str] = set()
    sentence: list[str] = []
    text: list[str] = []
    wrong: list[str] = []
    allow = ""
    for row in rest:
        words = [w for w in re.split(r"[\s,|]+", row) if w]
        if set(words) <= MARKS:
            marks.update(words)
        elif row.startswith("allow:"):
            allow = row[len("allow:") :].strip()
        elif row.startswith("sentence:"):
            sentence.append(row[len("sentence:") :].strip())
        elif _TYPES.match(row) and not sentence:
            for part in filter(None, (p.strip() for p in row.split(";"))):
                name, _, kind = part.partition(":")
                if name.strip() not in names:
                    wrong.append(f"'{name.strip()}' is no argument of {found[1]}/{len(names)}")
                types[name.strip()] = tuple(k.strip() for k in kind.split("|") if k.strip())
        else:
            (sentence if sentence else text).append(row)
    arguments = tuple(Argument(name, types.get(name, ())) for name in names)
    if not marks:
        wrong.append(
            f"{found[1]}/{len(names)} has no mark; write one of {', '.join(sorted(MARKS))}"
        )
    predicate = Predicate(
        found[1],
        arguments,
        frozenset(marks),
        " ".join(sentence),
        " ".join(text),
        source.name,
        line,
        allow,
    )
    return predicate, wrong


def _unknown_types(
    predicates: Iterable[Predicate], enums: Mapping[str, tuple[str, ...]]
) -> Iterator[Problem]:
    """A type that is almost the name of an enumeration is a slip; any other is free text."""
    for predicate in predicates:
        for argument in predicate.arguments:
            for kind in argument.types:
                near = did_you_mean(kind, enums) if len(kind) > 4 else ""
                if kind not in enums and near and _slip(kind, near):
                    said = f"type '{kind}' of {argument.name} is no enumeration"
                    yield Problem(
                        predicate.file, predicate.line, 1, said, help=near, id=DOC_COMMENT
                    )


def _slip(kind: str, near: str) -> bool:
    """True for a difference of one letter: enough to be sure that it's a slip."""
    other = near.split("'")[1]
    changed = sum(a != b for a, b in zip(kind, other, strict=False))
    return abs(len(kind) - len(other)) <= 1 and changed <= 1
