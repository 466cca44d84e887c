"""Owns the child process of child.py: reads rules and requests as JSON lines, answers likewise."""

from __future__ import annotations

import json
import sys
from typing import Any

import clingo
from clingo.ast import AST

from infusion_asp.engine.confined import confine
from infusion_asp.engine.run import fewest, parse, run

_REASON_SECONDS = 2.0


def main() -> None:
    """Serve until standard input ends."""
    first = json.loads(sys.stdin.readline())
    confine(int(first["megabytes"]))
    try:
        rules = parse(first["program"])
    except MemoryError:
        _say({"memory": True})
        return
    except RuntimeError as error:
        _say({"messages": [str(error)]})
        return
    kept = parse(":- violates(_, _).") if first["violates"] else ()
    _say({"ready": True})
    for line in sys.stdin:
        try:
            _say(_serve(json.loads(line), rules, kept))
        except MemoryError:
            _say({"memory": True})
            return


def _serve(request: dict[str, Any], rules: tuple[AST, ...], kept: tuple[AST, ...]) -> object:
    facts = [clingo.parse_term(text) for text in request["facts"]]
    done = run((rules, kept), facts, limit=int(request["limit"]))
    if done.messages:
        return {"messages": done.messages}
    if not done.models:
        broken = fewest((rules,), facts, ("violates", 2), _REASON_SECONDS)
        return {"collisions": [str(symbol) for symbol in broken]}
    if len(done.models) > 1:
        first, second = (set(model) for model in done.models[:2])
        return {"difference": [str(symbol) for symbol in sorted(first ^ second)]}
    return {"atoms": [str(symbol) for symbol in done.models[0]]}


def _say(answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
