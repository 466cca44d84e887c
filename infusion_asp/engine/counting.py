"""Owns counting ground atoms: a program over several sets of facts, in a child under limits."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infusion_asp.engine.child import child_environment
from infusion_asp.engine.errors import EngineError, MemoryLimit, RuleMessages, TimeLimit
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
        "megabytes": megabytes,
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", "infusion_asp.engine.counting_worker"],
            input=json.dumps(request).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=child_environment(),
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TimeLimit(seconds) from None
    if done.returncode < 0:  # clingo aborts where it can't allocate
        raise MemoryLimit(megabytes)
    if done.returncode:
        raise EngineError("the child process of the count ended early", "check the installation")
    said = json.loads(done.stdout)
    if said.get("memory"):
        raise MemoryLimit(megabytes)
    messages = list(said.get("messages", ()))
    for each in said.get("counts", ()):
        messages += each.get("messages", ())
    if messages:
        raise RuleMessages(Problem("<program>", 0, 0, text) for text in dict.fromkeys(messages))
    return [Counts(each["atoms"], each["counted"], each["seconds"]) for each in said["counts"]]
