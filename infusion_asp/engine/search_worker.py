"""Owns the child process of search.py: one request as JSON in, one answer as JSON out."""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Any

from infusion_asp.engine.run import grounded, parse


def main() -> None:
    """Serve the one request on standard input."""
    request = json.loads(sys.stdin.read())
    size = int(request["megabytes"]) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = _serve(request)
    except MemoryError:
        answer = {"memory": True}
    except RuntimeError as error:
        answer = {"memory": True} if "alloc" in str(error) else {"messages": [str(error)]}
    sys.stdout.write(json.dumps(answer) + "\n")


def _serve(request: dict[str, Any]) -> dict[str, Any]:
    arguments = [f"--models={request['limit']}", "--stats=1"]
    if request["seed"] is not None:
        arguments += [f"--seed={request['seed']}", "--rand-freq=1", "--restart-on-model"]
        arguments += ["--sign-def=rnd"]
    messages: list[str] = []
    begin = time.perf_counter()
    control = grounded((parse(request["program"]),), (), messages, arguments)
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
    models = []
    with control.solve(yield_=True) as handle:
        for model in handle:
            models.append(
                sorted(
                    str(symbol)
                    for symbol in model.symbols(atoms=True)
                    if (symbol.name, len(symbol.arguments)) in wanted
                )
            )
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
