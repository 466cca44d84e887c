"""Owns counting ground atoms: a program over several sets of facts, in a child under limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infusion_asp.engine.errors import RuleMessages
from infusion_asp.engine.helper import asked
from infusion_asp.facts import AnyAtom
from infusion_asp.rulebook import Problem


@dataclass(frozen=True)
class Counts:
    """How many atoms each predicate (`name/arity`) has over one set of facts.

    `counted` are the predicates that only the counting part derives; `seconds` is the time that
    grounding took without that part.
    """

    atoms: Mapping[str, int]
    counted: Mapping[str, int]
    seconds: float


def count_atoms(
    program: str,
    part: str,
    facts: Sequence[Sequence[AnyAtom]],
    *,
    seconds: float,
    megabytes: int,
) -> list[Counts]:
    """Ground `program` over each set of facts, then the part of it named `part`.

    Raises TimeLimit, MemoryLimit, or RuleMessages for anything that clingo says; places in these
    messages are lines of `program`.
    """
    request = {
        "program": program,
        "part": part,
        "facts": [[str(fact) for fact in each] for each in facts],
    }
    said = asked("counting_worker", request, what="count", seconds=seconds, megabytes=megabytes)
    messages = list(said.get("messages", ()))
    for each in said.get("counts", ()):
        messages += each.get("messages", ())
    if messages:
        raise RuleMessages(Problem("<program>", 0, 0, text) for text in dict.fromkeys(messages))
    return [Counts(each["atoms"], each["counted"], each["seconds"]) for each in said["counts"]]
