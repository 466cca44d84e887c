"""Owns loading: a directory of rule files and overlays becomes one checked, gated rulebook."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from clingo import ast
from clingo.ast import AST, Location, Position

from infusion_asp.rulebook.errors import Problem, RulebookError, RuleNotFound
from infusion_asp.rulebook.headers import Rule
from infusion_asp.rulebook.lifting import ENCOUNTER, gate, lift_all, shared_by_all
from infusion_asp.rulebook.reading import Reading, read_book
from infusion_asp.rulebook.source import Source, from_message
from infusion_asp.rulebook.vocabulary import Signature, Vocabulary


@dataclass(frozen=True, eq=False)
class Rulebook:
    """The rules of one directory and its overlays, checked and ready to be solved."""

    rules: tuple[Rule, ...]
    vocabulary: Vocabulary
    digest: str
    version: str
    statements: tuple[AST, ...] = field(repr=False)
    signatures: frozenset[Signature] = field(repr=False)
    gated: frozenset[str] = frozenset()
    overlaid: bool = False
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False)

    @cached_property
    def lifted(self) -> tuple[AST, ...]:
        """The statements for many encounters at once, in the same order."""
        return lift_all(self.statements, self.shared)

    @cached_property
    def shared(self) -> frozenset[Signature]:
        """The predicates that are the same for a whole batch: declared so, or resting on such."""
        return shared_by_all(self.statements, self.vocabulary)

    @cached_property
    def defined(self) -> tuple[AST, ...]:
        """`#defined` for every predicate: absent input is no mistake, the vocabulary checks."""
        return tuple(_defined(name, arity) for name, arity in sorted(self.signatures))

    @cached_property
    def lifted_defined(self) -> tuple[AST, ...]:
        """`#defined` for every predicate of the lifted statements."""
        shared = self.shared
        arities = {(n, a if (n, a) in shared else a + 1) for n, a in self.signatures}
        return tuple(_defined(name, arity) for name, arity in sorted(arities | {(ENCOUNTER, 1)}))

    @cached_property
    def _by_id(self) -> dict[str, Rule]:
        return {rule.id: rule for rule in self.rules}

    def rule(self, rule_id: str) -> Rule:
        """The rule with this id; raises RuleNotFound with a suggestion."""
        try:
            return self._by_id[rule_id]
        except KeyError:
            raise RuleNotFound(rule_id, self._by_id) from None

    def in_force(self, date: date, setting: str, payer: str) -> frozenset[str]:
        """The ids of the rules that hold on a day of service, for a setting and a payer.

        A rule that holds switches off the rule that it replaces, even if it is itself replaced.
        """
        holding = [rule for rule in self.rules if rule.applies(date, setting, payer)]
        replaced = {rule.replaces for rule in holding}
        return frozenset(rule.id for rule in holding if rule.id not in replaced)

    def problem(self, message: str) -> Problem:
        """A message of clingo as a problem at its place in the rule files."""
        return from_message(message, dict(self.sources))

    def program_text(self, lifted: bool = False) -> str:
        """The compiled program as text that stock clingo runs, one comment line per rule."""
        statements = iter(self.lifted if lifted else self.statements)
        lines = [str(item) for item in (self.lifted_defined if lifted else self.defined)]
        for rule in self.rules:
            lines.append(f"\n% @rule {rule.id}  ({rule.file}:{rule.line})")
            lines.extend(str(next(statements)) for _ in rule.statements)
        if ("violates", 2) in self.signatures:
            lines.append(f"\n:- violates({'_, _, _' if lifted else '_, _'}).")
        return "\n".join(lines) + "\n"


def shipped_logic() -> Path:
    """The rulebook's directory inside the installed package, or in the checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "_logic"
    return inside if inside.is_dir() else package.parent / "logic"


def load_rulebook(directory: Path | None = None, overlays: Sequence[Path] = ()) -> Rulebook:
    """Load and check a rulebook; without a directory the shipped one, read once per process.

    `overlays` are directories (or single files) of further rules, loaded after it in this order.
    Raises RulebookError with every problem found.
    """
    if directory is None and not overlays:
        return _shipped()
    root = shipped_logic() if directory is None else Path(directory)
    return _load(root, tuple(Path(overlay) for overlay in overlays))


@functools.cache
def _shipped() -> Rulebook:
    return _load(shipped_logic(), ())


def _load(root: Path, overlays: tuple[Path, ...]) -> Rulebook:
    return rulebook_of(read_book(root, overlays))


def rulebook_of(reading: Reading) -> Rulebook:
    """The rulebook that was read; raises RulebookError where anything is wrong with it."""
    if reading.problems:
        raise RulebookError(reading.problems)
    rules = [covered.rule for covered in reading.rules]
    replaced = {rule.replaces for rule in rules if rule.replaces}
    gated = frozenset(rule.id for rule in rules if rule.conditional or rule.id in replaced)
    statements = tuple(
        gate(statement, rule.id) if rule.id in gated else statement
        for rule in rules
        for statement in rule.statements
    )
    vocabulary = reading.vocabulary
    signatures = frozenset(use.signature for item in reading.outlines for use in item.uses)
    return Rulebook(
        rules=tuple(rules),
        vocabulary=vocabulary,
        digest=_digest(reading.root, reading.places),
        version=vocabulary.version,
        statements=statements,
        signatures=signatures | frozenset(vocabulary.predicates) | {("in_force", 1)},
        gated=gated,
        overlaid=bool(reading.overlays),
        sources={source.path: source for source in reading.sources},
    )


def _digest(root: Path, places: Sequence[tuple[Path, str]]) -> str:
    """sha256 over names and contents of all rule files and tables (profiles included)."""
    files = {name: path for path, name in places}
    for path in (*root.rglob("*.lp"), *root.rglob("*.csv")):
        files.setdefault(path.relative_to(root).as_posix(), path)
    whole = hashlib.sha256()
    for name in sorted(files):
        content = files[name].read_bytes()
        whole.update(f"{name}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()


def _defined(name: str, arity: int) -> AST:
    position = Position("<vocabulary>", 1, 1)
    return ast.Defined(Location(position, position), name, arity, 1)
