"""Owns the search for one model of a whole program, in a child process under limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import clingo

from infusion_asp.engine.errors import RuleMessages
from infusion_asp.engine.helper import asked
from infusion_asp.rulebook import Problem

Signature = tuple[str, int]


@dataclass(frozen=True)
class Search:
    """What a search found. `models` holds the shown atoms of each model, `facts` the atoms of the
    signatures asked for that hold in every model; times in seconds."""

    models: tuple[tuple[clingo.Symbol, ...], ...]
    facts: tuple[clingo.Symbol, ...]
    atoms: int
    rules: int
    grounding: float
    solving: float


def search(
    program: str,
    *,
    shown: Sequence[Signature],
    facts: Sequence[Signature] = (),
    assuming: Sequence[Sequence[clingo.Symbol]] = ((),),
    seconds: float,
    megabytes: int,
) -> Search:
    """One model of a program text, or none, for each list of atoms that are assumed to hold.

    Raises TimeLimit, MemoryLimit, or RuleMessages for anything that clingo says.
    """
    request = {
        "program": program,
        "shown": list(shown),
        "facts": list(facts),
        "assuming": [[str(atom) for atom in atoms] for atoms in assuming],
    }
    said = asked("search_worker", request, what="search", seconds=seconds, megabytes=megabytes)
    if said.get("messages"):
        raise RuleMessages(Problem("<search>", 0, 0, text) for text in said["messages"])
    return Search(
        models=tuple(_symbols(model) for model in said["models"]),
        facts=_symbols(said["facts"]),
        atoms=int(said["atoms"]),
        rules=int(said["rules"]),
        grounding=float(said["grounding"]),
        solving=float(said["solving"]),
    )


def _symbols(texts: Sequence[str]) -> tuple[clingo.Symbol, ...]:
    return tuple(clingo.parse_term(text) for text in texts)
