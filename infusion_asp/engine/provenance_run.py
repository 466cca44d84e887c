"""Owns evaluating justification programs over the atoms of a finished model.

Such programs are not recursive through the model: every predicate of the model is a fact, so
grounding alone decides them and nothing is solved. Atoms are handed over only for the predicates
that the grounded parts read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import clingo
from clingo import ast

Signature = tuple[str, int]

_ARGUMENTS = ("--warn=no-atom-undefined",)
_MESSAGE_LIMIT = 1_000


class ProvenanceError(Exception):
    """A justification program that clingo could not ground cleanly."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.help = "the rules named above derive their reasons from text that clingo rejects"


class ProvenanceRun:
    """One control that grounds parts of a justification program on demand."""

    def __init__(self, atoms: Mapping[Signature, Sequence[clingo.Symbol]]) -> None:
        self._atoms = atoms
        self._loaded: set[Signature] = set()
        self._messages: list[str] = []
        self._control = clingo.Control(list(_ARGUMENTS), self._listen, _MESSAGE_LIMIT)

    def _listen(self, code: clingo.MessageCode, text: str) -> None:
        self._messages.append(text)

    def _fail_on_messages(self) -> None:
        if self._messages:
            raise ProvenanceError("; ".join(self._messages))

    def load(self, signatures: Iterable[Signature]) -> None:
        """Hand over the model's atoms of these predicates, each predicate once."""
        fresh = [key for key in signatures if key not in self._loaded]
        self._loaded.update(fresh)
        self.assume(symbol for key in fresh for symbol in self._atoms.get(key, ()))

    def assume(self, symbols: Iterable[clingo.Symbol]) -> None:
        """Add facts through the backend."""
        with self._control.backend() as backend:
            for symbol in symbols:
                backend.add_rule([backend.add_atom(symbol)])

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
            raise ProvenanceError("; ".join([*self._messages, str(error)])) from error
        self._fail_on_messages()

    def atoms(self, name: str, arity: int) -> list[clingo.Symbol]:
        """All atoms of one predicate that have been derived or added so far."""
        return [atom.symbol for atom in self._control.symbolic_atoms.by_signature(name, arity)]


def run(program: str | Sequence[ast.AST], facts: Sequence[clingo.Symbol]) -> list[clingo.Symbol]:
    """Ground a whole program over facts and return every atom that holds, facts included."""
    statements: list[ast.AST] = []
    if isinstance(program, str):
        ast.parse_string(program, statements.append)
    else:
        statements.extend(program)
    engine = ProvenanceRun({})
    engine.assume(facts)
    engine.add(statements)
    engine.ground([("base", [])])
    control = engine._control
    return [atom.symbol for atom in control.symbolic_atoms]
