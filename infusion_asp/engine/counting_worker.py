"""Owns the child process of counting.py: one request as JSON in, one answer as JSON out."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from typing import Any

import clingo
from clingo.ast import AST

from infusion_asp.engine.confined import confine, end_with_parent
from infusion_asp.engine.run import grounded, parse


def main() -> None:
    """Serve the one request on standard input."""
    end_with_parent()
    request = json.loads(sys.stdin.read())
    confine(int(request["megabytes"]))
    try:
        program = parse(request["program"])
        answer: dict[str, Any] = {
            "counts": [_counted(program, request["part"], facts) for facts in request["facts"]]
        }
    except MemoryError:
        answer = {"memory": True}
    except RuntimeError as error:
        answer = {"memory": True} if "alloc" in str(error) else {"messages": [str(error)]}
    sys.stdout.write(json.dumps(answer) + "\n")


def _counted(program: Sequence[AST], part: str, facts: Sequence[str]) -> dict[str, Any]:
    """The atoms of every predicate once the program is ground, then those of its counting part."""
    messages: list[str] = []
    symbols = [clingo.parse_term(text) for text in facts]
    begin = time.perf_counter()
    try:
        control = grounded((program,), symbols, messages, ())
    except RuntimeError:
        if not messages:
            raise
    seconds = time.perf_counter() - begin
    if messages:
        return {"messages": messages}
    atoms = _sizes(control)
    control.ground([(part, [])])
    sizes = _sizes(control)
    counted = {name: size for name, size in sizes.items() if name not in atoms}
    return {"atoms": atoms, "counted": counted, "seconds": seconds}


def _sizes(control: clingo.Control) -> dict[str, int]:
    """How many atoms each predicate has, by `name/arity`."""
    found = control.symbolic_atoms
    sizes: dict[str, int] = {}
    for name, arity, positive in found.signatures:
        size = sum(1 for _ in found.by_signature(name, arity, positive))
        if size:
            sizes[f"{name}/{arity}"] = size
    return sizes


if __name__ == "__main__":
    main()
