"""Owns the file of explanations: why a mutant that nothing tells from the original is the same.

A list of groups; each says `because`, and names its `mutants`, with the digest that their rule had
when that was looked at. An explanation of a rule that has changed since counts no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import yaml

from infusion_asp.author.mutation.operators import Mutant
from infusion_asp.author.mutation.record import digest_of
from infusion_asp.author.mutation.run import KILLED, Verdict
from infusion_asp.rulebook import Rulebook


class BadExplanations(ValueError):  # noqa: N818
    """A file that is no list of explanations."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.help = "each item is 'because: ...' with 'mutants: {name: digest of its rule}'"


@dataclass(frozen=True)
class Explanations:
    """By the mutant's name the digest of its rule and the reason."""

    given: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def valid(self, book: Rulebook) -> dict[str, str]:
        """The reasons of mutants whose rule is as it was, by name."""
        digests = {rule.id: digest_of(rule) for rule in book.rules}
        return {
            name: reason
            for name, (digest, reason) in self.given.items()
            if digests.get(_rule(name)) == digest
        }

    def outdated(
        self, book: Rulebook, mutants: Iterable[Mutant], verdicts: Sequence[Verdict]
    ) -> list[str]:
        """What is wrong with explanations: the mutant gone, killed, or its rule another by now.

        `mutants` are all of the rules that were looked at.
        """
        names = {each.name for each in mutants}
        rules = {each.rule for each in mutants}
        killed = {each.mutant.name for each in verdicts if each.status == KILLED}
        valid = self.valid(book)
        known = {rule.id for rule in book.rules}
        found = []
        for name in self.given:
            if _rule(name) not in known or (_rule(name) in rules and name not in names):
                found.append(f"{name}: explained, but there is no such mutant")
            elif name in killed:
                found.append(f"{name}: explained, but a test kills it")
            elif name not in valid and _rule(name) in rules:
                found.append(f"{name}: explained, but its rule has changed since")
        return found


def read_explanations(text: str) -> Explanations:
    """The explanations in a text. Raises BadExplanations."""
    try:
        groups = yaml.safe_load(text) or []
        given: dict[str, tuple[str, str]] = {}
        for group in groups:
            reason = " ".join(str(group["because"]).split())
            for name, digest in group["mutants"].items():
                if name in given:
                    raise BadExplanations(f"'{name}' is explained twice")
                given[str(name)] = (str(digest), reason)
    except (yaml.YAMLError, AttributeError, KeyError, TypeError):
        raise BadExplanations("the explanations of mutants can't be read") from None
    return Explanations(given)


def _rule(name: str) -> str:
    return name.split("#", 1)[0]
