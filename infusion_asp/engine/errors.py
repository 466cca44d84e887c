"""Owns the errors of solving. Messages carry rule ids and counts only, never a record's content."""

from __future__ import annotations

from collections.abc import Iterable

import clingo

from infusion_asp.rulebook.errors import Problem


class EngineError(Exception):
    """The rulebook gave no usable answer; `message` says why, `help` what to do."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class NoAnswer(EngineError):  # noqa: N818
    """No assignment of roles keeps every constraint; `collisions` are the violates(...) atoms
    of an assignment that breaks the fewest of those tried."""

    def __init__(self, collisions: Iterable[clingo.Symbol] = ()) -> None:
        self.collisions = tuple(collisions)
        rules = sorted({_word(symbol.arguments[0]) for symbol in self.collisions})
        named = f": {', '.join(rules)} can't all be kept" if rules else ""
        super().__init__(
            f"the rulebook has no answer for this encounter{named}",
            "this is a fault of the rulebook; report it with the rule ids",
        )


class TwoAnswers(EngineError):  # noqa: N818
    """More than one answer; `difference` are the atoms that only one of two answers holds."""

    def __init__(self, difference: Iterable[clingo.Symbol] = ()) -> None:
        self.difference = tuple(difference)
        names = sorted({f"{s.name}/{len(s.arguments)}" for s in self.difference})
        named = f"; they differ in {', '.join(names[:6])}" if names else ""
        super().__init__(
            f"the rulebook has more than one answer for this encounter{named}",
            "this is a fault of the rulebook; a constraint that settles the tie is missing",
        )


class RuleMessages(EngineError):  # noqa: N818
    """clingo had something to say about the rules; each message is a problem with its place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        first = self.problems[0]
        more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        place = f"{first.file}:{first.line}:{first.column}" if first.line else first.file
        super().__init__(f"{place}: {first.message}{more}", first.help)


class TimeLimit(EngineError):  # noqa: N818
    """The child process took longer than it may."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(
            f"the rules took longer than {seconds:g} seconds",
            "look for a recursion that grows without end or a join of many variables",
        )


class MemoryLimit(EngineError):  # noqa: N818
    """The child process needed more memory than it may."""

    def __init__(self, megabytes: int) -> None:
        self.megabytes = megabytes
        super().__init__(
            f"the rules needed more than {megabytes} megabytes",
            "look for a recursion that grows without end or a join of many variables",
        )


def _word(symbol: clingo.Symbol) -> str:
    return symbol.string if symbol.type == clingo.SymbolType.String else str(symbol)
