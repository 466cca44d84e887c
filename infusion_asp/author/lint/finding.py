"""Owns a finding about a rule file: which check, how bad, where, the text, the cure."""

from __future__ import annotations

from dataclasses import dataclass

from infusion_asp.author.lint.catalogue import CHECKS, DOCS

LEVELS = ("info", "warning", "error")


@dataclass(frozen=True, order=True)
class Finding:
    """One finding; `line` and `column` count from 1, 0 means the whole file.

    `about` is the rule or predicate (`name/arity`) that it concerns: what an exception names.
    """

    file: str
    line: int
    column: int
    id: str
    message: str
    text: str = ""
    help: str = ""
    about: str = ""

    @property
    def level(self) -> str:
        """How bad it is: info, warning or error."""
        return CHECKS[self.id].level

    @property
    def doc(self) -> str:
        """The page that explains the check."""
        return f"{DOCS}#{self.id}"

    @property
    def place(self) -> str:
        """File, line and column, as editors read them."""
        return f"{self.file}:{max(self.line, 1)}:{max(self.column, 1)}"
