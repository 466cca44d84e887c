"""Owns the way from an encounter to its result: facts, solving, reasons, alternatives."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import clingo

from infusion_asp.coding.alternatives import alternatives
from infusion_asp.coding.assemble import assemble
from infusion_asp.coding.assembly import Assembly
from infusion_asp.coding.lines import LINE, LineSet, lines_of
from infusion_asp.coding.setting import Setting
from infusion_asp.engine import (
    Answer,
    ChildSolver,
    EngineError,
    no_collection,
    solve,
    solve_batch,
)
from infusion_asp.facts import (
    AnyAtom,
    Atom,
    Clock,
    Policies,
    context_facts,
    encounter_facts,
    load_policies,
)
from infusion_asp.justify import justify
from infusion_asp.model import Encounter, ErrorBody, ErrorRecord, Result
from infusion_asp.rulebook import Rulebook, shipped_logic
from infusion_asp.tables import Tables, load_tables

OUTPUTS = (
    ("line", 5),
    ("earned", 7),
    ("line_member", 4),
    ("unreported", 2),
    ("finding", 3),
    ("span", 3),
)
EXPLAINED = OUTPUTS[:5]
UNDATED = date(1900, 1, 1)
CONTEXTS = 256  # sets of shared facts that are kept
SECONDS = 60.0  # wall clock of one encounter under a user's own rules
MEGABYTES = 4096  # memory of the process that solves them
SolveMany = Callable[
    [Sequence[Sequence[AnyAtom]], Sequence[clingo.Symbol]], list[Answer | EngineError]
]


@dataclass(frozen=True)
class Coder:
    """Codes encounters under one rulebook and one set of choices.

    `profile` replaces the profile of payer and setting; `policies` come last. `overlays` are
    directories of a user's own rules: with them every solving happens in a child process, one
    encounter at a time and for at most `seconds`.
    """

    rulebook: Rulebook
    profile: str | None = None
    policies: Mapping[str, str] = field(default_factory=dict)
    overlays: tuple[Path, ...] = ()
    seconds: float = SECONDS

    def __post_init__(self) -> None:
        profile = self.choices.profile(self.profile or "cpt")
        self.choices.in_effect(profile, self.policies)

    @cached_property
    def choices(self) -> Policies:
        """All policies and profiles."""
        return load_policies(shipped_logic(), *self.overlays)

    @cached_property
    def tables(self) -> Tables:
        """The data tables."""
        return load_tables()

    def setting_of(self, encounter: Encounter) -> Setting:
        """Profile, policies and the facts that they give for one encounter."""
        known = self.choices.of_payer(encounter.payer, encounter.setting)
        chosen = self.choices.profile(self.profile) if self.profile else known
        profile = chosen or self.choices.profile("cpt")
        day = _first_date(encounter)
        return Setting(
            profile,
            self.choices.in_effect(profile, self.policies),
            encounter.setting,
            day,
            None if day is None else bisect_right(self._changes, day),
            chosen is not None,
        )

    @cached_property
    def _changes(self) -> list[date]:
        """The days on which a rule or an edit begins to hold, or holds no longer."""
        days = set(self.tables.edits.changes)
        for rule in self.rulebook.rules:
            if rule.date_from is not None:
                days.add(rule.date_from)
            if rule.date_to is not None:
                days.add(rule.date_to + timedelta(days=1))
        return sorted(days)

    def shared(
        self, setting: Setting, other_codes: Iterable[str], *, verifying: bool = False
    ) -> tuple[clingo.Symbol, ...]:
        """The facts that hold for a whole batch; the same object where nothing differs."""
        key = (setting.key, frozenset(other_codes), verifying)
        if key not in self._contexts:
            if len(self._contexts) >= CONTEXTS:
                self._contexts.clear()
            self._contexts[key] = self._context(setting, key[1], verifying)
        return self._contexts[key]

    def _context(
        self, setting: Setting, other_codes: frozenset[str], verifying: bool
    ) -> tuple[clingo.Symbol, ...]:
        holding = self.rulebook.in_force(
            setting.day or UNDATED, setting.claim, setting.profile.payer
        )
        return tuple(
            context_facts(
                self.tables,
                policies=setting.policies,
                setting=setting.claim,
                in_force=self.rulebook.gated & holding,
                other_codes=other_codes,
                day=setting.day,
                verifying=verifying,
            )
        )

    @cached_property
    def _contexts(self) -> dict[tuple[Any, ...], tuple[clingo.Symbol, ...]]:
        return {}

    def code(self, encounter: Encounter, *, explain: bool = True, full: bool = False) -> Result:
        """The result of one encounter, with reasons two levels deep, or the `full` proof."""
        setting = self.setting_of(encounter)
        shared = self.shared(setting, codes_beside(encounter))
        answer = self.solve(self.facts(encounter, setting), shared)
        assembly = self.assembly(encounter, setting, answer)
        if not explain:
            return assemble(assembly, None)
        found = [atom for name, arity in EXPLAINED for atom in answer.of(name, arity)]
        reasons = justify(
            self.rulebook,
            answer,
            shared,
            assembly.names,
            atoms=assembly.explained(found),
            depth=None if full else 2,
        )
        result = assemble(assembly, reasons, full=full)
        others = alternatives(partial(self.code, explain=False), self.lines_many, encounter, result)
        return result.model_copy(update={"alternatives": others}) if others else result

    @no_collection()
    def code_many(self, encounters: Sequence[Encounter]) -> list[Result | ErrorRecord]:
        """Results in the same order, solved together by the lifted rules, without reasons."""
        solved = self.together(encounters, self.solve_many)
        return [self._result(*each) for each in solved]

    @no_collection()
    def lines_many(self, encounters: Sequence[Encounter]) -> list[LineSet | ErrorRecord]:
        """The lines alone, in the same order: without the rules on which no line rests."""
        return [
            lines_of(answer, Clock.of(encounter))
            if isinstance(answer, Answer)
            else _error_record(encounter, answer)
            for encounter, _, answer in self.together(encounters, self._solve_lines)
        ]

    def together(
        self,
        encounters: Sequence[Encounter],
        solve_many: SolveMany,
        *,
        claim: bool = False,
        more: Mapping[int, Sequence[clingo.Symbol]] | None = None,
    ) -> list[tuple[Encounter, Setting, Answer | EngineError]]:
        """The answers in the same order; encounters that share their setting solved together.

        With `claim` the billed lines are facts, and the rules judge them. `more` are further facts
        by the place of their encounter.
        """
        further = more or {}
        groups: dict[tuple[Any, ...], list[int]] = {}
        settings = [self.setting_of(encounter) for encounter in encounters]
        for index, setting in enumerate(settings):
            groups.setdefault(setting.key, []).append(index)
        found: dict[int, Answer | EngineError] = {}
        for members in groups.values():
            setting = settings[members[0]]
            codes = [code for i in members for code in codes_beside(encounters[i], claim)]
            facts: list[list[AnyAtom]] = [
                [*self.facts(encounters[i], settings[i], claim=claim), *further.get(i, ())]
                for i in members
            ]
            answers = solve_many(facts, self.shared(setting, codes, verifying=claim))
            found.update(zip(members, answers, strict=True))
        return [(each, settings[at], found[at]) for at, each in enumerate(encounters)]

    def facts(self, encounter: Encounter, setting: Setting, *, claim: bool = False) -> list[Atom]:
        """The facts of one encounter, with `claim` those of its billed lines too."""
        return encounter_facts(encounter, self.tables, payer_known=setting.known, claim=claim)

    def solve(self, facts: Sequence[AnyAtom], shared: tuple[clingo.Symbol, ...]) -> Answer:
        """The answer to the facts of one encounter, with every atom."""
        if not self.rulebook.overlaid:
            return solve(self.rulebook, facts, shared)
        return self._child.solve(facts, shared)

    def solve_many(
        self,
        facts: Sequence[Sequence[AnyAtom]],
        shared: Sequence[clingo.Symbol],
        wanted: Iterable[tuple[str, int]] | None = OUTPUTS,
    ) -> list[Answer | EngineError]:
        """The answers to the facts of several encounters, with the `wanted` atoms or all."""
        if not self.rulebook.overlaid:
            return solve_batch(self.rulebook, facts, shared, wanted=wanted)
        answers: list[Answer | EngineError] = []
        for each in facts:
            try:
                answers.append(self._child.solve(each, shared))
            except EngineError as error:
                answers.append(error)
        return answers

    def _solve_lines(
        self, facts: Sequence[Sequence[AnyAtom]], shared: Sequence[clingo.Symbol]
    ) -> list[Answer | EngineError]:
        if self.rulebook.overlaid:
            return self.solve_many(facts, shared)
        return solve_batch(self.rulebook, facts, shared, wanted=(LINE,), nothing_else=True)

    @cached_property
    def _child(self) -> ChildSolver:
        return ChildSolver(self.rulebook, seconds=self.seconds, megabytes=MEGABYTES)

    def _result(
        self, encounter: Encounter, setting: Setting, answer: Answer | EngineError
    ) -> Result | ErrorRecord:
        if isinstance(answer, Answer):
            return assemble(self.assembly(encounter, setting, answer), None)
        return _error_record(encounter, answer)

    def assembly(self, encounter: Encounter, setting: Setting, answer: Answer) -> Assembly:
        """What a result is made from."""
        return Assembly(
            encounter=encounter,
            rulebook=self.rulebook,
            tables=self.tables,
            profile=setting.profile.name,
            policies=setting.policies,
            clock=Clock.of(encounter),
            answer=answer,
            day=setting.day,
        )


def _error_record(encounter: Encounter, error: EngineError) -> ErrorRecord:
    body = ErrorBody(path="$", message=error.message, help=error.help)
    return ErrorRecord(encounter_id=encounter.encounter_id, error=body)


def codes_beside(encounter: Encounter, claim: bool = False) -> Iterator[str]:
    """Codes that payer edits are looked up for besides those that the rules can derive."""
    for service in encounter.other_services:
        yield service.code
    for line in encounter.billed if claim else ():
        yield line.code


def _first_date(encounter: Encounter) -> date | None:
    starts = [each.start for each in encounter.administrations if each.start is not None]
    if starts:
        return min(start.date() for start in starts)
    billed = [line.date for line in encounter.billed if line.date is not None]
    return Clock.of(encounter).date(0) or min(billed, default=None)
