"""Owns the bench that rule tests lie on: their facts by setting, their answers solved jointly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import clingo

from infusion_asp.author.joint import Job, Joint, Signature
from infusion_asp.author.models import Models
from infusion_asp.author.testing.notation import Case
from infusion_asp.author.testing.observed import Failure, failures, sentence_failures
from infusion_asp.author.testing.said import said_in
from infusion_asp.coding import Coder
from infusion_asp.coding.coder import codes_beside
from infusion_asp.facts import AnyAtom
from infusion_asp.model import Encounter, parse_encounter
from infusion_asp.rulebook import Rulebook


@dataclass(frozen=True)
class Prepared:
    """A case with its encounter and its facts."""

    case: Case
    encounter: Encounter
    job: Job = field(repr=False)


class Bench:
    """The rules and choices under which cases are solved."""

    def __init__(
        self, book: Rulebook, overlays: Sequence[Path] = (), known: Joint | None = None
    ) -> None:
        self.book = book
        self.joint = Joint(book, known)
        self._overlays = tuple(overlays)
        self._coders: dict[tuple[str | None, tuple[tuple[str, str], ...]], Coder] = {}

    def coder(self, profile: str | None, policies: Mapping[str, str]) -> Coder:
        """One coder for all cases of a profile and its policies."""
        key = (profile, tuple(sorted(policies.items())))
        if key not in self._coders:
            self._coders[key] = Coder(self.book, profile, dict(policies), self._overlays)
        return self._coders[key]

    def prepared(self, case: Case) -> Prepared:
        """The case with its facts. Raises InputError for a record that is refused."""
        return self.on_bench(case, parse_encounter(case.encounter))

    def on_bench(self, case: Case, encounter: Encounter) -> Prepared:
        """The same for an encounter that was read already."""
        coder = self.coder(case.profile, case.policies)
        setting = coder.setting_of(encounter)
        facts = coder.facts(encounter, setting, claim=case.judged)
        beside = sorted(codes_beside(encounter, case.judged))
        shared = coder.shared(setting, beside, verifying=case.judged)
        return Prepared(case, encounter, self._job(case, facts, shared))

    def _job(self, case: Case, facts: Sequence[AnyAtom], shared: tuple[clingo.Symbol, ...]) -> Job:
        """The facts of a case, with those that it adds."""
        if not case.facts:
            return Job(facts, shared)
        added = [clingo.parse_term(text) for text in case.facts]
        constant = self.joint.shared
        common = [each for each in added if (each.name, len(each.arguments)) in constant]
        return Job([*facts, *(each for each in added if each not in common)], (*shared, *common))

    def models(self, prepared: Sequence[Prepared]) -> Models:
        """The answers to all cases."""
        return Models(self.joint, [each.job for each in prepared])


def rows_of(models: Models, number: int, signature: Signature) -> list[list[clingo.Symbol]]:
    """The arguments of the atoms of one predicate in the answer to one job."""
    return [atom.arguments[1:] for atom in models.of(signature, number)]


def failures_of(prepared: Prepared, models: Models, number: int) -> tuple[Failure, ...]:
    """How the answer to a case falls short of what is expected."""
    if number in models.wrong:
        return (Failure("answer", ("one answer",), ("none, or more than one",)),)
    return failures(
        prepared.case, prepared.encounter, lambda signature: rows_of(models, number, signature)
    )


def unsaid(prepared: Sequence[Prepared], models: Models) -> dict[int, tuple[Failure, ...]]:
    """By case what its rules don't say, or say though they should not."""
    asked = {
        at: each.case
        for at, each in enumerate(prepared)
        if (each.case.says or each.case.silent) and at not in models.wrong
    }
    rules = {text.split("(")[0] for case in asked.values() for text in (*case.says, *case.silent)}
    said = said_in(models, rules, asked.keys())
    return {at: tuple(sentence_failures(case, said[at])) for at, case in asked.items()}
