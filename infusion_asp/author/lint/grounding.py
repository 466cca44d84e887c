"""Owns what only grounding tells: unsafe variables, undefined operations, instances without end.

Grounding happens in a process of its own, under limits of time and memory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from clingo.ast import AST, ASTType

from infusion_asp.author.lint.book import Book
from infusion_asp.author.lint.finding import Finding
from infusion_asp.author.lint.growth import ENDLESS
from infusion_asp.coding import Coder
from infusion_asp.engine.errors import MemoryLimit, RuleMessages, TimeLimit
from infusion_asp.engine.search import search
from infusion_asp.model import parse_encounter
from infusion_asp.rulebook.atoms import Outline
from infusion_asp.rulebook.loader import rulebook_of
from infusion_asp.rulebook.reading import Covered
from infusion_asp.rulebook.source import UNSAFE

SAMPLE = Path(__file__).with_name("sample.json")
_AT = re.compile(r"^<string>:(\d+):\d+(?:-[\d:]+)?: (?:error|info|warning): (.*)$", re.DOTALL)
_UNSAFE = re.compile(r"note: '(\w+)' is unsafe")
_PROBE = 5.0
_UNDEFINED = "guard the arithmetic: some term here is no number, or a divisor is zero"
_BIND = "bind it in a positive literal of the body"
_END = "let it count to a limit, or take it from a predicate with finitely many values"


@dataclass(frozen=True)
class Limits:
    """How long and how large grounding may get."""

    seconds: float = 30.0
    megabytes: int = 1500


_Place = tuple[Covered, Outline]


def check_safety(book: Book, limits: Limits) -> Iterator[Finding]:
    """Unsafe variables, by clingo, of all statements that could be read."""
    places = _places(book)
    try:
        _ground([str(outline.statement) for _, outline in places], limits)
    except RuleMessages as error:
        yield from _messages(book, places, error)
    except (TimeLimit, MemoryLimit) as error:
        yield from _endless(book, places, (), limits, str(error))


def check_sample(book: Book, limits: Limits) -> Iterator[Finding]:
    """The same with one encounter that has a little of everything, and whether it ends."""
    places = _places(book)
    facts = _sample(book)
    texts = [str(outline.statement) for _, outline in places]
    try:
        _ground([*texts, *facts], limits)
    except RuleMessages as error:
        yield from _messages(book, places, error)
    except (TimeLimit, MemoryLimit) as error:
        yield from _endless(book, places, facts, limits, str(error))


def _places(book: Book) -> list[_Place]:
    return [
        (covered, outline)
        for covered in book.reading.rules
        for outline in covered.outlines
        if outline.statement.ast_type == ASTType.Rule
    ]


def _sample(book: Book) -> list[str]:
    """The facts of the sample encounter for this rulebook."""
    reading = book.reading
    rulebook = rulebook_of(reading)
    encounter = parse_encounter(json.loads(SAMPLE.read_text(encoding="utf-8")))
    coder = Coder(rulebook, None, {}, reading.overlays)
    setting = coder.setting_of(encounter)
    given = [
        *coder.facts(encounter, setting),
        *coder.shared(setting, ()),
        *(f'in_force("{rule.id}")' for rule in rulebook.rules),
    ]
    return [f"{fact}." for fact in given]


def _ground(texts: Sequence[str], limits: Limits) -> None:
    program = "\n".join(text.replace("\n", " ") for text in texts)
    search(
        program,
        shown=(),
        seconds=limits.seconds,
        megabytes=limits.megabytes,
    )


def _messages(book: Book, places: list[_Place], error: RuleMessages) -> Iterator[Finding]:
    told = set()
    for message in (problem.message for problem in error.problems):
        found = _AT.match(message)
        if not found or int(found[1]) > len(places):
            continue
        covered, outline = places[int(found[1]) - 1]
        names = _UNSAFE.findall(message)
        for name in names:
            node = _variable(outline, name)
            said = f"variable '{name}' is unsafe: no positive literal of the body binds it"
            yield book.at(outline.source, node, UNSAFE, said, _BIND, covered.rule)
        if not names and found[1] not in told:
            told.add(found[1])
            said = " ".join(found[2].split())
            node = outline.statement
            yield book.at(
                outline.source, node, "undefined-operation", said, _UNDEFINED, covered.rule
            )


def _own(book: Book, places: list[_Place]) -> int:
    """The number of statements before those of overlays; 0 without any."""
    own = [Path(each.source.path).is_relative_to(book.reading.root) for each, _ in places]
    return own.index(False) if False in own else 0


def _variable(outline: Outline, name: str) -> AST:
    nodes = [node for node in outline.of_type(ASTType.Variable) if node.name == name]
    return nodes[0] if nodes else outline.statement


def _endless(
    book: Book, places: list[_Place], facts: Sequence[str], limits: Limits, ended: str
) -> Iterator[Finding]:
    """The first statement with which, after all before it, grounding has no end.

    Shipped rules are not suspected beside others.
    """
    texts = [str(outline.statement) for _, outline in places]
    probe = Limits(min(_PROBE, limits.seconds), limits.megabytes)
    low, high = _own(book, places), len(texts)
    while low < high:
        middle = (low + high) // 2
        try:
            _ground([*texts[: middle + 1], *facts], probe)
            low = middle + 1
        except RuleMessages:
            low = middle + 1
        except (TimeLimit, MemoryLimit):
            high = middle
    covered, outline = places[min(low, len(places) - 1)]
    said = f"grounding was ended ({ended}): from this statement on its instances have no end"
    yield book.at(outline.source, outline.statement, ENDLESS, said, _END, covered.rule)
