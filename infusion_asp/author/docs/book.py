"""Owns what the site shows of a rulebook: topics, rules, predicates, policies, sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from infusion_asp.author.docs.examples import Example
from infusion_asp.author.docs.policies import Asked, Table, asked_by, tables
from infusion_asp.author.docs.prose import Piece, pieces
from infusion_asp.author.lint.citations import Citations
from infusion_asp.facts import Policies
from infusion_asp.rulebook import Predicate, Rule, Rulebook
from infusion_asp.rulebook.atoms import uses
from infusion_asp.rulebook.vocabulary import Signature

_OWNS = re.compile(r"\A\s*%\s*Owns\s+(.+)")
_BEHIND = re.compile(r"\s*\(([^()]*)\)\s*\.?\s*$")
_LAYERS = {
    "derive": "What the record says",
    "assign": "The role of each service",
    "report": "Codes, units, modifiers, findings",
    "check": "Edits of payers, and claims",
}
_FIRST = "Numbers"
_OVERLAY = "Rules of your own"


@dataclass(frozen=True)
class Topic:
    """The rules of one file: its name, what it owns, the part of the rulebook it is in."""

    name: str
    title: str
    numbers: str
    part: str
    file: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Known:
    """One predicate: its entry in the vocabulary, where there is one, and its rules."""

    name: str
    arity: int
    entry: Predicate | None
    derived_by: tuple[str, ...]
    read_by: tuple[str, ...]

    @property
    def label(self) -> str:
        """`name/arity`."""
        return f"{self.name}/{self.arity}"

    @property
    def says(self) -> tuple[Piece, ...]:
        """What an atom of it says."""
        return pieces(self.entry.sentence) if self.entry else ()

    @property
    def shape(self) -> str:
        """The predicate with the names of its arguments."""
        if self.entry is None or not self.entry.arguments:
            return self.name if not self.arity else self.label
        return f"{self.name}({', '.join(each.name for each in self.entry.arguments)})"


@dataclass(frozen=True)
class Page:
    """One rule with everything that its page shows."""

    rule: Rule
    topic: Topic
    sentence: tuple[Piece, ...]
    help: tuple[Piece, ...]
    cites: tuple[tuple[str, str, str], ...]
    numbers: tuple[tuple[str, str], ...]
    policies: tuple[Asked, ...]
    reads: tuple[Known, ...]
    derives: tuple[Known, ...]
    replaced_by: tuple[str, ...]
    examples: tuple[Example, ...]
    tests: int

    @property
    def dates(self) -> str:
        """When it holds; empty where it always does."""
        first, last = self.rule.date_from, self.rule.date_to
        if first and last:
            return f"{first.isoformat()} to {last.isoformat()}"
        return f"from {first.isoformat()}" if first else f"to {last.isoformat()}" if last else ""

    @property
    def holds(self) -> str:
        """Dates, settings and payers in one line; empty where it holds everywhere."""
        parts = [self.dates, ", ".join(sorted(self.rule.settings))]
        parts.append(", ".join(sorted(self.rule.payers)))
        return " · ".join(each for each in parts if each)

    @property
    def says_something(self) -> bool:
        """Whether it makes findings."""
        return any(each.name in ("finding", "claim_finding") for each in self.derives)

    @cached_property
    def feeds(self) -> tuple[str, ...]:
        """The rules that read what it derives."""
        found = (rule for known in self.derives for rule in known.read_by)
        return tuple(dict.fromkeys(each for each in found if each != self.rule.id))


@dataclass(frozen=True)
class Book:
    """A whole rulebook, ready to be laid out."""

    rulebook: Rulebook
    citations: Citations
    policies: Policies
    examples: Mapping[str, tuple[Example, ...]] = field(default_factory=dict)
    tests: Mapping[str, int] = field(default_factory=dict)
    tested: bool = False

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """One for each file, in the order in which they are loaded."""
        files: dict[str, list[Rule]] = {}
        for rule in self.rulebook.rules:
            files.setdefault(rule.file, []).append(rule)
        texts = {source.name: source.text for source in self.rulebook.sources.values()}
        stems = [_stem(file) for file in files]
        return tuple(
            _topic(file, texts.get(file, ""), rules, stems.count(_stem(file)) > 1)
            for file, rules in files.items()
        )

    @cached_property
    def parts(self) -> tuple[tuple[str, tuple[Topic, ...]], ...]:
        """The topics by the part of the rulebook."""
        found: dict[str, list[Topic]] = {}
        for topic in self.topics:
            found.setdefault(topic.part, []).append(topic)
        return tuple((part, tuple(topics)) for part, topics in found.items())

    @cached_property
    def pages(self) -> Mapping[str, Page]:
        """Every rule by its id."""
        topic_of = {rule.id: topic for topic in self.topics for rule in topic.rules}
        return {rule.id: self._page(rule, topic_of[rule.id]) for rule in self.rulebook.rules}

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The policy tables."""
        return tuple(tables(self.policies, self.rulebook.rules))

    @cached_property
    def known(self) -> Mapping[Signature, Known]:
        """Every predicate that the vocabulary documents or a rule uses, by name."""
        derived: dict[Signature, dict[str, None]] = {}
        read: dict[Signature, dict[str, None]] = {}
        for rule in self.rulebook.rules:
            for signature, head in _used(rule):
                (derived if head else read).setdefault(signature, {})[rule.id] = None
        entries = self.rulebook.vocabulary.predicates
        every = sorted({*entries, *derived, *read} - {("in_force", 1)})
        return {
            each: Known(
                *each,
                entries.get(each),
                tuple(derived.get(each, ())),
                tuple(read.get(each, ())),
            )
            for each in every
        }

    @cached_property
    def carried_out(self) -> Mapping[str, tuple[str, ...]]:
        """The rules behind each number of the specification."""
        return _by(self.rulebook.rules, lambda rule: rule.implements)

    @cached_property
    def cited(self) -> Mapping[str, tuple[str, ...]]:
        """The rules that cite each source."""
        return _by(self.rulebook.rules, lambda rule: [c.partition(":")[0] for c in rule.cites])

    @cached_property
    def used(self) -> Mapping[str, tuple[tuple[Signature, bool], ...]]:
        """The predicates of each rule, those in heads marked."""
        return {rule.id: tuple(_used(rule)) for rule in self.rulebook.rules}

    @cached_property
    def flows(self) -> Mapping[str, frozenset[tuple[Signature, Signature]]]:
        """For each rule what its statements read, with what they derive from it."""
        return {
            rule.id: frozenset(
                (read.signature, head.signature)
                for statement in rule.statements
                for found in [uses(statement)]
                for head in found
                if head.in_head
                for read in found
                if not read.in_head
            )
            for rule in self.rulebook.rules
        }

    def _page(self, rule: Rule, topic: Topic) -> Page:
        used = self.used[rule.id]
        heads = [self.known[signature] for signature, head in used if head]
        numbered = self.citations.numbered
        return Page(
            rule=rule,
            topic=topic,
            sentence=pieces(rule.sentence),
            help=pieces(rule.help),
            cites=tuple((c, c.partition(":")[0], self.citations.title(c)) for c in rule.cites),
            numbers=tuple(
                (each, numbered[each].title if each in numbered else "") for each in rule.implements
            ),
            policies=asked_by(rule),
            reads=tuple(self.known[s] for s, head in used if not head and s in self.known),
            derives=tuple(dict.fromkeys(heads)),
            replaced_by=tuple(r.id for r in self.rulebook.rules if r.replaces == rule.id),
            examples=self.examples.get(rule.id, ()),
            tests=self.tests.get(rule.id, 0),
        )


def _used(rule: Rule) -> Iterable[tuple[Signature, bool]]:
    """Each predicate of a rule once as head, and once as read."""
    found: dict[tuple[Signature, bool], None] = {}
    for statement in rule.statements:
        for use in uses(statement):
            if use.signature != ("in_force", 1):
                found[use.signature, use.in_head] = None
    return found


def _by(rules: Iterable[Rule], keys: object) -> Mapping[str, tuple[str, ...]]:
    assert callable(keys)
    found: dict[str, dict[str, None]] = {}
    for rule in rules:
        for key in keys(rule):
            found.setdefault(key, {})[rule.id] = None
    return {key: tuple(ids) for key, ids in found.items()}


def _topic(file: str, text: str, rules: Sequence[Rule], shared_stem: bool) -> Topic:
    stem = _stem(file)
    name = file.removesuffix(".lp").replace("/", "-") if shared_stem else stem
    owns = _OWNS.match(text)
    title = " ".join(owns[1].split()) if owns else stem.replace("_", " ")
    behind = _BEHIND.search(title)
    numbers = behind[1] if behind and owns else ""
    title = (title[: behind.start()] if behind and owns else title).rstrip(". ")
    first = file.partition("/")[0] if "/" in file else ""
    part = _LAYERS.get(first) or (_FIRST if file == "thresholds.lp" else _OVERLAY)
    return Topic(name, title[:1].upper() + title[1:], numbers, part, file, tuple(rules))


def _stem(file: str) -> str:
    return file.rpartition("/")[2].removesuffix(".lp")
