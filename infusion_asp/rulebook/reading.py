"""Owns reading a directory of rule files and overlays: all that is in them and wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from infusion_asp.rulebook.atoms import Outline, outline
from infusion_asp.rulebook.checks import check_choices, check_programs, check_statement
from infusion_asp.rulebook.errors import Problem, RulebookError, did_you_mean
from infusion_asp.rulebook.headers import Rule, read_rules
from infusion_asp.rulebook.names import check_names
from infusion_asp.rulebook.recursion import check_recursion
from infusion_asp.rulebook.sentences import check_sentences
from infusion_asp.rulebook.source import UNREADABLE, Source, read_source
from infusion_asp.rulebook.vocabulary import Vocabulary, read_vocabulary

PROFILES = "profiles"
VOCABULARY = "vocabulary.lp"
FIRST = (VOCABULARY, "thresholds.lp")
LAYERS = ("derive", "assign", "report", "check")
OUTSIDE = frozenset({"profiles", "invariants", "queries", "tables"})
DIRECTORY = "name a directory of .lp files"
REPLACED = "replaced-rule"
STRAY = "never-loaded"
_FILES = 512  # files whose statements are kept between readings


@dataclass(frozen=True)
class Covered:
    """One rule with its file and the outlines of its statements."""

    source: Source
    rule: Rule
    outlines: tuple[Outline, ...]


@dataclass(frozen=True)
class Reading:
    """What was read of a rulebook, right or wrong; `problems` are in the order of the files."""

    root: Path
    overlays: tuple[Path, ...]
    sources: tuple[Source, ...]
    vocabulary: Vocabulary
    rules: tuple[Covered, ...]
    problems: tuple[Problem, ...]

    @property
    def outlines(self) -> list[Outline]:
        """The outlines of all statements."""
        return [found for covered in self.rules for found in covered.outlines]

    @property
    def places(self) -> list[tuple[Path, str]]:
        """Each file and what messages call it."""
        return [(Path(source.path), source.name) for source in self.sources]


def read_book(root: Path, overlays: tuple[Path, ...] = ()) -> Reading:
    """Read and check all rule files; raises RulebookError where a directory is not there."""
    places = list(_files(root))
    for overlay in overlays:
        places.extend(_overlay_files(overlay))
    files = [_read(path, name) for path, name in places]
    sources = [each.source for each in files]
    problems = [problem for source in sources for problem in source.problems]
    problems.extend(_stray(root))
    own = [source for source in sources if Path(source.name).name == VOCABULARY]
    vocabulary, wrong = read_vocabulary(own)
    problems.extend(wrong)
    problems.extend(problem for each in files for problem in each.problems)
    covered = [found for each in files for found in each.covered]
    rules = [(each.source, each.rule) for each in covered]
    problems.extend(_ids(rules, vocabulary))
    outlines = [found for each in covered for found in each.outlines]
    problems.extend(check_choices(outlines))
    problems.extend(check_recursion(outlines))
    problems.extend(check_names(outlines, vocabulary, frozenset(rule.id for _, rule in rules)))
    problems.extend(check_sentences((each.rule, each.outlines) for each in covered))
    ordered = _ordered(problems, [source.name for source in sources])
    return Reading(root, overlays, tuple(sources), vocabulary, tuple(covered), tuple(ordered))


@dataclass(frozen=True)
class _File:
    """What one file holds and what is wrong with it by itself."""

    source: Source
    covered: tuple[Covered, ...]
    problems: tuple[Problem, ...]


def _read(path: Path, name: str) -> _File:
    """A file, read anew where its bytes have changed."""
    try:
        return _known(path, name, path.read_bytes())
    except OSError:
        return _parsed(path, name)


@lru_cache(maxsize=_FILES)
def _known(path: Path, name: str, _bytes: bytes) -> _File:
    return _parsed(path, name)


def _parsed(path: Path, name: str) -> _File:
    source = read_source(path, name)
    rules, wrong = read_rules(source)
    covered = tuple(
        Covered(source, rule, tuple(outline(source, each) for each in rule.statements))
        for rule in rules
    )
    checked = (
        problem for each in covered for one in each.outlines for problem in check_statement(one)
    )
    return _File(source, covered, (*check_programs(source), *wrong, *checked))


def _files(root: Path) -> Iterator[tuple[Path, str]]:
    if not root.is_dir():
        raise RulebookError(
            [Problem(str(root), 0, 0, "no such directory", help=DIRECTORY, id=UNREADABLE)]
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
            cure, said = "an overlay holds .lp files", "no .lp file in it"
            raise RulebookError([Problem(str(overlay), 0, 0, said, help=cure, id=UNREADABLE)])
    else:
        said = "no such directory"
        raise RulebookError([Problem(str(overlay), 0, 0, said, help=DIRECTORY, id=UNREADABLE)])


def _stray(root: Path) -> Iterator[Problem]:
    """Rule files of the base book that no layer loads."""
    cure = f"move it into one of {', '.join(LAYERS)}"
    for path in sorted(root.glob("*.lp")):
        if path.name not in FIRST:
            said = "this file is never loaded"
            yield Problem(path.name, 0, 0, said, help=cure, id=STRAY)
    for path in sorted(p for p in root.iterdir() if p.is_dir()):
        if path.name not in LAYERS and path.name not in OUTSIDE and any(path.rglob("*.lp")):
            said = "the files of this directory are never loaded"
            yield Problem(path.name, 0, 0, said, help=cure, id=STRAY)


def _ids(rules: Sequence[tuple[Source, Rule]], vocabulary: Vocabulary) -> Iterator[Problem]:
    """Ids given twice, replaced rules that don't exist or go in a circle, unknown settings."""
    first: dict[str, Rule] = {}
    for source, rule in rules:
        if rule.id in first:
            other = first[rule.id]
            said = f"rule id '{rule.id}' is taken by {other.file}:{other.line}"
            cure = "choose another id; 'replaces: id' switches the other rule off"
            yield source.problem_at(rule.line, 1, said, cure, "duplicate-id")
        first.setdefault(rule.id, rule)
    settings = vocabulary.enums.get("setting")
    for source, rule in rules:
        if rule.replaces is not None and rule.replaces not in first:
            said = f"rule '{rule.id}' replaces '{rule.replaces}', which doesn't exist"
            cure = did_you_mean(rule.replaces, first) or "'rules list' shows every rule"
            yield source.problem_at(rule.line, 1, said, cure, REPLACED)
        seen = {rule.id}
        target = rule.replaces
        while target is not None and target in first and target not in seen:
            seen.add(target)
            target = first[target].replaces
        if target == rule.id:
            said = f"rule '{rule.id}' replaces itself in a circle"
            cure = "only a later rule replaces an earlier one"
            yield source.problem_at(rule.line, 1, said, cure, REPLACED)
        for setting in sorted(rule.settings):
            if settings and setting not in settings:
                cure = did_you_mean(setting, settings) or f"one of {', '.join(settings)}"
                said = f"unknown setting '{setting}'"
                yield source.problem_at(rule.line, 1, said, cure, "header-value")


def _ordered(problems: Iterable[Problem], files: Sequence[str]) -> list[Problem]:
    rank = {name: number for number, name in enumerate(files)}
    unique = dict.fromkeys(problems)
    return sorted(unique, key=lambda p: (rank.get(p.file, len(rank)), p.line, p.column))
