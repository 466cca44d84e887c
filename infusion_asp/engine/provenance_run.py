"""Owns evaluating justification programs over the atoms of a finished model.

Such programs are not recursive through the model: every predicate of the model is a fact, so
grounding alone decides them and nothing is solved. Atoms are handed over only for the predicates
that the grounded parts read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import clingo
from clingo import ast

from infusion_asp.engine.answer import Signature
from infusion_asp.engine.errors import EngineError
from infusion_asp.engine.run import ABSENT_IS_FALSE
from infusion_asp.facts.known import Hand, atoms_named, remembered

AtomsOf = Callable[[Signature], Sequence[clingo.Symbol]]
"""The atoms of a finished model by (name, arity)."""

_MESSAGE_LIMIT = 1_000


class ProvenanceError(EngineError):
    """A justification program that clingo could not ground cleanly."""

    def __init__(self, messages: Iterable[str]) -> None:
        super().__init__(
            f"the reasons of the rulebook can't be grounded: {'; '.join(messages)}",
            "this is a fault of the program, not of the record; report it with the rule's text",
        )


class ProvenanceRun:
    """One control that grounds parts of a justification program on demand."""

    def __init__(self, atoms_of: AtomsOf, *, lenient: bool = False) -> None:
        """`lenient`: an operation that has no value drops its instance without a word."""
        self._atoms_of = atoms_of
        self._lenient = lenient
        self._loaded: set[Signature] = set()
        self._messages: list[str] = []
        self._control = clingo.Control([ABSENT_IS_FALSE], self._listen, _MESSAGE_LIMIT)

    def _listen(self, code: clingo.MessageCode, text: str) -> None:
        self._messages.append(text)

    def load(self, signatures: Iterable[Signature], further: Iterable[clingo.Symbol] = ()) -> None:
        """Hand over the model's atoms of these predicates, each predicate once, and more facts.

        All in one backend: to open one costs as much as a small grounding.
        """
        fresh = [key for key in dict.fromkeys(signatures) if key not in self._loaded]
        self._loaded.update(fresh)
        symbols = [symbol for key in fresh for symbol in self._atoms_of(key)]
        symbols += further
        if symbols:
            self.assume(symbols)

    def assume(self, symbols: Iterable[clingo.Symbol]) -> None:
        """Add facts through the backend."""
        with self._control.backend() as backend:
            Hand(backend).give(symbols)

    def add(self, statements: Iterable[ast.AST]) -> None:
        """Add statements; they count from the next grounding of their part on."""
        with ast.ProgramBuilder(self._control) as builder:
            for statement in statements:
                builder.add(statement)

    def ground(self, parts: Sequence[tuple[str, Sequence[clingo.Symbol]]]) -> None:
        """Ground program parts, in one call."""
        try:
            self._control.ground(parts)
        except RuntimeError as error:
            raise ProvenanceError([*self._messages, str(error)]) from error
        if self._messages and not self._lenient:
            raise ProvenanceError(self._messages)

    def atoms(self, name: str, arity: int) -> list[clingo.Symbol]:
        """All atoms of one predicate that have been derived or added so far."""
        return list(atoms_named(self._control.symbolic_atoms, name, arity))

    def everything(self) -> list[clingo.Symbol]:
        """All atoms of all predicates."""
        return [remembered(atom.symbol) for atom in self._control.symbolic_atoms]


def run(program: str | Sequence[ast.AST], facts: Sequence[clingo.Symbol]) -> list[clingo.Symbol]:
    """Ground a whole program over facts and return every atom that holds, facts included."""
    statements: list[ast.AST] = []
    if isinstance(program, str):
        ast.parse_string(program, statements.append)
    else:
        statements.extend(program)
    engine = ProvenanceRun(lambda _: ())
    engine.assume(facts)
    engine.add(statements)
    engine.ground([("base", [])])
    return engine.everything()
