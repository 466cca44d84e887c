"""Owns loading: a directory of rule files and overlays becomes one checked, gated rulebook."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from clingo import ast
from clingo.ast import AST, Location, Position

from infusion_asp.rulebook.atoms import outline
from infusion_asp.rulebook.checks import check_choices, check_programs, check_statement
from infusion_asp.rulebook.errors import Problem, RulebookError, RuleNotFound, did_you_mean
from infusion_asp.rulebook.headers import Rule, read_rules
from infusion_asp.rulebook.lifting import ENCOUNTER, gate, lift_all
from infusion_asp.rulebook.names import check_names
from infusion_asp.rulebook.recursion import check_recursion
from infusion_asp.rulebook.sentences import check_sentences
from infusion_asp.rulebook.source import Source, from_message, read_source
from infusion_asp.rulebook.vocabulary import Signature, Vocabulary, read_vocabulary

PROFILES = "profiles"
VOCABULARY = "vocabulary.lp"
FIRST = (VOCABULARY, "thresholds.lp")
LAYERS = ("derive", "assign", "report", "check")
OUTSIDE = frozenset({"profiles", "invariants", "queries", "tables"})


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
        return lift_all(self.statements, self.vocabulary.shared)

    @cached_property
    def defined(self) -> tuple[AST, ...]:
        """`#defined` for every predicate: absent input is no mistake, the vocabulary checks."""
        return tuple(_defined(name, arity) for name, arity in sorted(self.signatures))

    @cached_property
    def lifted_defined(self) -> tuple[AST, ...]:
        """`#defined` for every predicate of the lifted statements."""
        shared = self.vocabulary.shared
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
    places = list(_files(root))
    for overlay in overlays:
        places.extend(_overlay_files(overlay))
    sources = [read_source(path, name) for path, name in places]
    problems = [problem for source in sources for problem in source.problems]
    problems.extend(_stray(root))
    own = [source for source in sources if Path(source.name).name == VOCABULARY]
    vocabulary, wrong = read_vocabulary(own)
    problems.extend(wrong)
    rules: list[tuple[Source, Rule]] = []
    for source in sources:
        problems.extend(check_programs(source))
        found, wrong = read_rules(source)
        problems.extend(wrong)
        rules.extend((source, rule) for rule in found)
    problems.extend(_ids(rules, vocabulary))
    covered = [(rule, [outline(source, s) for s in rule.statements]) for source, rule in rules]
    outlines = [found for _, several in covered for found in several]
    for found_outline in outlines:
        problems.extend(check_statement(found_outline))
    problems.extend(check_choices(outlines))
    problems.extend(check_recursion(outlines))
    problems.extend(check_names(outlines, vocabulary, frozenset(rule.id for _, rule in rules)))
    problems.extend(check_sentences(covered))
    if problems:
        raise RulebookError(_ordered(problems, [source.name for source in sources]))
    replaced = {rule.replaces for _, rule in rules if rule.replaces}
    gated = frozenset(rule.id for _, rule in rules if rule.conditional or rule.id in replaced)
    statements = tuple(
        gate(statement, rule.id) if rule.id in gated else statement
        for _, rule in rules
        for statement in rule.statements
    )
    signatures = frozenset(use.signature for item in outlines for use in item.uses)
    return Rulebook(
        rules=tuple(rule for _, rule in rules),
        vocabulary=vocabulary,
        digest=_digest(root, places),
        version=vocabulary.version,
        statements=statements,
        signatures=signatures | frozenset(vocabulary.predicates) | {("in_force", 1)},
        gated=gated,
        overlaid=bool(overlays),
        sources={source.path: source for source in sources},
    )


def _files(root: Path) -> Iterator[tuple[Path, str]]:
    if not root.is_dir():
        raise RulebookError(
            [Problem(str(root), 0, 0, "no such directory", help="name a directory of .lp files")]
        )
    for name in FIRST:
        if (root / name).is_file():
            yield root / name, name
    for layer in LAYERS:
        for path in sorted((root / layer).rglob("*.lp")):
            yield path, path.relative_to(root).as_posix()


def _overlay_files(overlay: Path) -> Iterator[tuple[Path, str]]:
    if overlay.is_file():
        yield overlay, overlay.name
    elif overlay.is_dir():
        every = sorted(overlay.rglob("*.lp"), key=lambda p: (p.name != VOCABULARY, p.as_posix()))
        found = [path for path in every if path.relative_to(overlay).parts[0] != PROFILES]
        for path in found:
            yield path, f"{overlay.name}/{path.relative_to(overlay).as_posix()}"
        if not every:
            cure = "an overlay holds .lp files"
            raise RulebookError([Problem(str(overlay), 0, 0, "no .lp file in it", help=cure)])
    else:
        cure = "name a directory of .lp files"
        raise RulebookError([Problem(str(overlay), 0, 0, "no such directory", help=cure)])


def _stray(root: Path) -> Iterator[Problem]:
    """Rule files of the base book that no layer loads."""
    cure = f"move it into one of {', '.join(LAYERS)}"
    for path in sorted(root.glob("*.lp")):
        if path.name not in FIRST:
            yield Problem(path.name, 0, 0, "this file is never loaded", help=cure)
    for path in sorted(p for p in root.iterdir() if p.is_dir()):
        if path.name not in LAYERS and path.name not in OUTSIDE and any(path.rglob("*.lp")):
            yield Problem(
                path.name, 0, 0, "the files of this directory are never loaded", help=cure
            )


def _ids(rules: Sequence[tuple[Source, Rule]], vocabulary: Vocabulary) -> Iterator[Problem]:
    """Ids given twice, replaced rules that don't exist or go in a circle, unknown settings."""
    first: dict[str, Rule] = {}
    for source, rule in rules:
        if rule.id in first:
            other = first[rule.id]
            said = f"rule id '{rule.id}' is taken by {other.file}:{other.line}"
            cure = "choose another id; 'replaces: id' switches the other rule off"
            yield source.problem_at(rule.line, 1, said, cure)
        first.setdefault(rule.id, rule)
    settings = vocabulary.enums.get("setting")
    for source, rule in rules:
        if rule.replaces is not None and rule.replaces not in first:
            said = f"rule '{rule.id}' replaces '{rule.replaces}', which doesn't exist"
            yield source.problem_at(rule.line, 1, said, did_you_mean(rule.replaces, first))
        seen = {rule.id}
        target = rule.replaces
        while target is not None and target in first and target not in seen:
            seen.add(target)
            target = first[target].replaces
        if target == rule.id:
            said = f"rule '{rule.id}' replaces itself in a circle"
            yield source.problem_at(rule.line, 1, said, "only a later rule replaces an earlier one")
        for setting in sorted(rule.settings):
            if settings and setting not in settings:
                cure = did_you_mean(setting, settings) or f"one of {', '.join(settings)}"
                yield source.problem_at(rule.line, 1, f"unknown setting '{setting}'", cure)


def _ordered(problems: Iterable[Problem], files: Sequence[str]) -> list[Problem]:
    rank = {name: number for number, name in enumerate(files)}
    unique = dict.fromkeys(problems)
    return sorted(unique, key=lambda p: (rank.get(p.file, len(rank)), p.line, p.column))


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
