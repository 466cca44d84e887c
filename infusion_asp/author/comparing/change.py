"""Owns a change of rules: both rulebooks as parsed statements, and what only one of them has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from clingo.ast import AST

from infusion_asp.author.comparing.side import Book
from infusion_asp.author.layers import Signature, heads
from infusion_asp.engine.run import parse
from infusion_asp.rulebook.atoms import Use, uses

Rules = list[tuple[AST, tuple[Use, ...]]]


@dataclass(frozen=True)
class Change:
    """Two rulebooks as parsed statements, and the places of what only one of them has."""

    old: Rules
    new: Rules
    only_old: tuple[int, ...]
    only_new: tuple[int, ...]
    books: tuple[Book, Book]

    @classmethod
    def of(cls, old: Book, new: Book, only_old: Iterable[int], only_new: Iterable[int]) -> Change:
        """The change between two rulebooks."""
        return cls(_parsed(old), _parsed(new), tuple(only_old), tuple(only_new), (old, new))

    @property
    def statements(self) -> list[AST]:
        """Everything that only one of the rulebooks has."""
        return [self.old[at][0] for at in self.only_old] + [self.new[at][0] for at in self.only_new]

    @property
    def head_uses(self) -> list[Use]:
        """The heads of everything that only one of the rulebooks has."""
        found = [use for at in self.only_old for use in self.old[at][1]]
        found += [use for at in self.only_new for use in self.new[at][1]]
        return [use for use in found if use.in_head]

    @cached_property
    def ruled(self) -> frozenset[Signature]:
        """The predicates that some rule with a body derives, on either side."""
        return frozenset(
            signature
            for _, found in (*self.old, *self.new)
            if any(not use.in_head for use in found)
            for signature in heads(found)
        )

    @property
    def only_facts(self) -> bool:
        """Whether every changed statement is a fact, which always differs by itself."""
        found = [self.old[at][1] for at in self.only_old]
        found += [self.new[at][1] for at in self.only_new]
        return all(use.in_head for each in found for use in each)

    @property
    def heads(self) -> set[Signature]:
        """The predicates whose rules were changed."""
        found: set[Signature] = set()
        for rules, places in ((self.old, self.only_old), (self.new, self.only_new)):
            for at in places:
                found |= heads(rules[at][1])
        return found


def _parsed(book: Book) -> Rules:
    text = "\n".join(plain for _, _, plain in book.statements)
    found = [each for each in parse(text) if each.ast_type.name == "Rule"]
    return [(each, uses(each)) for each in found]
