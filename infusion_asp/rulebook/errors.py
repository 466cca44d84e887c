"""Owns the errors of reading a rulebook: where, what the author wrote, and the cure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in a rule file; `line` and `column` count from 1, 0 means the whole file.

    `id` is the name of the check that found it: docs/lint.md has an entry for each.
    """

    file: str
    line: int
    column: int
    message: str
    text: str = ""
    help: str = ""
    id: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        shown = f"{where}: {self.message}"
        if self.text:
            shown += f"\n    {self.text}"
        if self.help:
            shown += f"\n  help: {self.help}"
        return shown


class RulebookError(Exception):
    """The rulebook can't be used; `problems` lists every reason, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.messages))

    @property
    def messages(self) -> tuple[str, ...]:
        """Each problem as text: place, message, offending source line, help."""
        return tuple(str(problem) for problem in self.problems)

    @property
    def message(self) -> str:
        """One sentence for the first problem, with the number of the others."""
        first = self.problems[0]
        more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        place = f"{first.file}:{first.line}:{first.column}" if first.line else first.file
        return f"{place}: {first.message}{more}"

    @property
    def help(self) -> str:
        """The cure of the first problem."""
        return self.problems[0].help


class RuleNotFound(KeyError):  # noqa: N818
    """No rule has this id."""

    def __init__(self, rule_id: str, known: Iterable[str]) -> None:
        self.rule_id = rule_id
        self.message = f"no rule '{rule_id}' in the rulebook"
        self.help = did_you_mean(rule_id, known) or "'rules list' shows every rule"
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question that offers the nearest known word, or nothing where none is near."""
    near = difflib.get_close_matches(word, sorted(set(known)), n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else ""
