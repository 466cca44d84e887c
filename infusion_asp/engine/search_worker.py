"""Owns the child process of search.py: one request as JSON in, one answer as JSON out."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import clingo

from infusion_asp.engine.confined import confine, end_with_parent
from infusion_asp.engine.run import grounded, parse


def main() -> None:
    """Serve the one request on standard input."""
    end_with_parent()
    request = json.loads(sys.stdin.read())
    confine(int(request["megabytes"]))
    messages: list[str] = []
    try:
        answer = _serve(request, messages)
    except MemoryError:
        answer = {"memory": True}
    except RuntimeError as error:
        answer = (
            {"memory": True} if "alloc" in str(error) else {"messages": messages or [str(error)]}
        )
    sys.stdout.write(json.dumps(answer) + "\n")


def _serve(request: dict[str, Any], messages: list[str]) -> dict[str, Any]:
    begin = time.perf_counter()
    control = grounded((parse(request["program"]),), (), messages, ["--stats=1"])
    if messages:
        return {"messages": messages}
    facts = [
        str(atom.symbol)
        for name, arity in request["facts"]
        for atom in control.symbolic_atoms.by_signature(name, arity)
        if atom.is_fact
    ]
    middle = time.perf_counter()
    wanted = {(name, arity) for name, arity in request["shown"]}
    models: list[list[str]] = []

    def keep(model: clingo.Model) -> None:
        atoms = model.symbols(atoms=True)
        models.append(sorted(str(s) for s in atoms if (s.name, len(s.arguments)) in wanted))

    for atoms in request["assuming"]:
        control.solve([(clingo.parse_term(atom), True) for atom in atoms], on_model=keep)
    problem = control.statistics["problem"]["lp"]
    return {
        "models": models,
        "facts": sorted(facts),
        "atoms": problem["atoms"],
        "rules": problem["rules"],
        "grounding": middle - begin,
        "solving": time.perf_counter() - middle,
    }


if __name__ == "__main__":
    main()
