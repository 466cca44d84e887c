"""Owns the two stages in which a batch is solved: the roles first, what rests on them after.

Before the roles are known everything that rests on them is grounded once for each role that a
service may play, and handed to the solver. Once they are facts the rest follows by grounding
alone. In the first stage a predicate that rests on the roles has a name of its own, so that the
second can derive it anew from the roles that were found.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import clingo
from clingo import ast
from clingo.ast import AST, ASTType

from infusion_asp.engine.answer import Signature
from infusion_asp.engine.run import Run, failed, grounded, parse, symbols_in
from infusion_asp.facts import AnyAtom
from infusion_asp.facts.known import Hand, function
from infusion_asp.rulebook import Rulebook
from infusion_asp.rulebook.atoms import Place, Use, uses

VIOLATES: Signature = ("violates", 2)
_LATER = "later"  # the program part of the second stage
_FIRST = "__first"
_MOST_KEPT = 512


@dataclass(frozen=True)
class Staged:
    """The statements of both stages; `hidden` are the names that only the first one uses."""

    first: tuple[AST, ...]
    later: tuple[AST, ...]
    chosen: dict[str, str]
    hidden: frozenset[str]

    def run(
        self,
        shown: Sequence[AST],
        facts: Iterable[clingo.Symbol],
        encounters: Iterable[Iterable[AnyAtom]],
        *,
        limit: int,
    ) -> Run:
        """Solve the first stage, ground the second over it; at most `limit` models.

        With `shown` (`#show` statements) only that is read, else every atom; atoms of the first
        stage may be among them. Raises MemoryError.
        """
        messages: list[str] = []
        groups = (self.first, shown, (_part(),), self.later)
        try:
            control = grounded(groups, facts, messages, [f"--models={limit}"], encounters)
            if messages:
                return Run(messages=tuple(messages))
            with control.solve(yield_=True) as handle:
                found = [symbols_in(model, shown=True) for model in handle]
            if len(found) != 1:
                return Run(tuple(found))
            with control.backend() as backend:
                Hand(backend).give(
                    function(self.chosen[each.name], each.arguments)
                    for each in found[0]
                    if each.name in self.chosen
                )
            control.ground([(_LATER, [])])
            if messages:
                return Run(messages=tuple(messages))
            with control.solve(yield_=True) as handle:
                models = tuple(symbols_in(model, shown=bool(shown)) for model in handle)
        except RuntimeError as error:
            return Run(messages=failed(error, messages))
        return Run(models)


class Stages:
    """The lifted statements of one rulebook, in stages."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._uses = [uses(each) for each in rulebook.statements]
        chosen = {use.signature for each in self._uses for use in each if use.place is Place.CHOICE}
        above = self._above(chosen)
        self._doubled = (above & self._behind()) | chosen
        self._chosen = {_first(name): name for name, _ in chosen}
        self._hidden = frozenset(_first(name) for name, _ in self._doubled | {VIOLATES})
        given = rulebook.vocabulary.marked("input") | rulebook.vocabulary.shared
        self.possible = bool(chosen) and self._doubled.isdisjoint(given)
        self._in_first = [
            not heads & above or bool(heads & self._doubled) for heads in map(_heads, self._uses)
        ]
        self._in_later = [
            bool(heads & above) and not heads & (chosen | {VIOLATES})
            for heads in map(_heads, self._uses)
        ]
        self._renamed: dict[int, AST] = {}
        self._made: dict[tuple[int, ...], Staged] = {}

    def of(self, indexes: tuple[int, ...]) -> Staged:
        """The stages of some statements of the rulebook, by their indexes."""
        if indexes not in self._made:
            if len(self._made) >= _MOST_KEPT:
                del self._made[next(iter(self._made))]
            self._made[indexes] = self._staged(indexes)
        return self._made[indexes]

    def _staged(self, indexes: tuple[int, ...]) -> Staged:
        first = [self._first_of(at) for at in indexes if self._in_first[at]]
        first += _constraint()
        first += (_shown(name, arity + 1) for name, arity in self._shown())
        later = [self._rulebook.lifted[at] for at in indexes if self._in_later[at]]
        return Staged(tuple(first), tuple(later), self._chosen, self._hidden)

    def _shown(self) -> list[Signature]:
        return sorted(each for each in self._doubled if _first(each[0]) in self._chosen)

    def _first_of(self, at: int) -> AST:
        """The statement with the names of the first stage."""
        if all(use.signature not in self._doubled for use in self._uses[at]):
            return self._rulebook.lifted[at]
        if at not in self._renamed:
            lifted = copy.deepcopy(self._rulebook.lifted[at])
            for use, plain in zip(uses(lifted), self._uses[at], strict=True):
                if plain.signature in self._doubled:
                    use.node.name = _first(plain.name)
            self._renamed[at] = lifted
        return self._renamed[at]

    def _above(self, chosen: set[Signature]) -> set[Signature]:
        """The predicates that rest on what is chosen, that included."""
        found, size = set(chosen), -1
        while size != len(found):
            size = len(found)
            for every in self._uses:
                if any(use.signature in found and not use.in_head for use in every):
                    found |= _heads(every)
        return found

    def _behind(self) -> set[Signature]:
        """The predicates on which the constraints rest."""
        found = {VIOLATES}
        for every in self._uses:
            if not _heads(every):
                found |= {use.signature for use in every}
        size = -1
        while size != len(found):
            size = len(found)
            for every in self._uses:
                if _heads(every) & found:
                    found |= {use.signature for use in every}
        return found


@lru_cache(maxsize=8)
def stages(rulebook: Rulebook) -> Stages:
    """The stages of a rulebook's statements, told apart once."""
    return Stages(rulebook)


def _heads(every: Sequence[Use]) -> set[Signature]:
    return {use.signature for use in every if use.in_head}


def _first(name: str) -> str:
    return f"{name}{_FIRST}"


@lru_cache(maxsize=1)
def _constraint() -> tuple[AST, ...]:
    name = _first(VIOLATES[0])
    return tuple(each for each in parse(f":- {name}(_, _, _).") if each.ast_type is ASTType.Rule)


def _shown(name: str, arity: int) -> AST:
    (found,) = (
        each
        for each in parse(f"#show {_first(name)}/{arity}.")
        if each.ast_type is not ASTType.Program
    )
    return found


@lru_cache(maxsize=1)
def _part() -> AST:
    begin = ast.Position("<stage>", 1, 1)
    return ast.Program(ast.Location(begin, begin), _LATER, [])
