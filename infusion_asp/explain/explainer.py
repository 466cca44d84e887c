"""Owns the questions about one encounter: why, why not, edges, policies, what if."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from infusion_asp.coding import Coder
from infusion_asp.coding.lines import line_set
from infusion_asp.explain.assignments import applied
from infusion_asp.explain.codes import checked_code
from infusion_asp.explain.edges import edges
from infusion_asp.explain.policies import policies
from infusion_asp.explain.solved import Solved
from infusion_asp.explain.variations import place_of, value_at
from infusion_asp.explain.whynot import why_not
from infusion_asp.explain.words import line_changes, plain
from infusion_asp.model import (
    Assignment,
    Edge,
    Encounter,
    Explanation,
    InputError,
    PolicyEdge,
    Result,
    WhatIf,
    Why,
    WhyNot,
)


@dataclass(frozen=True)
class Questions:
    """What is asked about an encounter; nothing at all asks why for every line, and for edges."""

    why: Sequence[str] = ()
    why_not: Sequence[str] = ()
    administration: str | None = None
    edges: bool = False
    policies: bool = False
    what_if: Sequence[str] = ()
    full: bool = False

    @property
    def nothing(self) -> bool:
        """Whether no question is asked."""
        return not (self.why or self.why_not or self.edges or self.policies or self.what_if)


@dataclass(frozen=True)
class Explainer:
    """Explains encounters under one coder."""

    coder: Coder

    def why(self, encounter: Encounter, code: str, *, full: bool = False) -> Why:
        """The lines of a code with their reasons; InputError where it is not reported."""
        return self._why(encounter, self.coder.code(encounter, full=full), code)

    def why_not(self, encounter: Encounter, code: str, administration: str | None = None) -> WhyNot:
        """Why a code is not reported, or not for this administration."""
        return why_not(Solved(self.coder, encounter), code, administration)

    def edges(self, encounter: Encounter) -> tuple[Edge, ...]:
        """The nearest change of each time and attribute that alters the lines."""
        return edges(self.coder, encounter, self.coder.code(encounter))

    def policies(self, encounter: Encounter) -> tuple[PolicyEdge, ...]:
        """The policies of which another value would change the lines."""
        return policies(self.coder, encounter, self.coder.code(encounter))

    def what_if(self, encounter: Encounter, assignments: Iterable[str]) -> WhatIf:
        """The lines before and after assignments such as `a1.stop=10:47`."""
        return self._what_if(encounter, self.coder.code(encounter), assignments)

    def explain(self, encounter: Encounter, asked: Questions) -> Explanation:
        """Everything that is asked, of one coding."""
        for code in (*asked.why, *asked.why_not):
            checked_code(self.coder, code)
        result = self.coder.code(encounter, full=asked.full)
        solved = Solved(self.coder, encounter, result)
        why = asked.why or (_codes(result) if asked.nothing else ())
        return Explanation(
            encounter_id=encounter.encounter_id,
            rulebook=result.rulebook,
            profile=result.profile,
            setting=result.setting,
            lines=result.lines,
            why=tuple(self._why(encounter, result, code) for code in why),
            why_not=tuple(why_not(solved, code, asked.administration) for code in asked.why_not),
            edges=edges(self.coder, encounter, result) if asked.edges or asked.nothing else None,
            policies=policies(self.coder, encounter, result) if asked.policies else None,
            what_if=self._what_if(encounter, result, asked.what_if) if asked.what_if else None,
        )

    def _why(self, encounter: Encounter, result: Result, code: str) -> Why:
        code = checked_code(self.coder, code)
        lines = tuple(line for line in result.lines if line.code == code)
        if not lines:
            known = ", ".join(_codes(result)) or "none"
            raise InputError(
                f"--why {code}",
                f"{code} is not reported on encounter '{encounter.encounter_id}'",
                f"ask --why-not {code}; reported are {known}",
                kind="not_reported",
            )
        return Why(code=code, label=lines[0].label, lines=lines)

    def _what_if(self, encounter: Encounter, result: Result, typed: Iterable[str]) -> WhatIf:
        varied, values = applied(encounter, typed)
        after = self.coder.code(varied)
        old = {each.sentence: each.rule for each in result.findings}
        new = {each.sentence: each.rule for each in after.findings}
        return WhatIf(
            assignments=tuple(
                Assignment(
                    path=path,
                    before=plain(value_at(encounter, place_of(encounter, path))),
                    after=plain(value_at(varied, place_of(varied, path))),
                )
                for path in values
            ),
            before=result.lines,
            after=after.lines,
            changes=line_changes(line_set(result), line_set(after)),
            new_findings=tuple(f"{text} [{rule}]" for text, rule in new.items() if text not in old),
            gone_findings=tuple(
                f"{text} [{rule}]" for text, rule in old.items() if text not in new
            ),
        )


def _codes(result: Result) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.code for line in result.lines))
