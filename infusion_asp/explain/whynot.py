"""Owns why a code is not reported: elsewhere, nearly, or by no rule of this setting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import clingo

from infusion_asp.explain.codes import checked_administration, checked_code, label_of
from infusion_asp.explain.conditions import Conditions
from infusion_asp.explain.solved import Solved
from infusion_asp.justify.goals import Goal
from infusion_asp.justify.nearmiss import Near
from infusion_asp.justify.reach import reporting
from infusion_asp.model import Line, NearMiss, Reason, WhyNot
from infusion_asp.model.explanation import Case
from infusion_asp.rulebook import Rule

_EARNERS = {"earns": (1, 0), "outside": (1, 0), "neighbour": (1, 0), "drug_line": (0, None)}
"""Where the code and the service stand in the predicates that earn units."""

_SHOWN = 3
_COUNTS = ("no condition", "one condition", "two conditions")


def why_not(solved: Solved, code: str, administration: str | None = None) -> WhyNot:
    """Why a code is not reported for an administration, or not at all."""
    code = checked_code(solved.coder, code)
    if administration is not None:
        checked_administration(solved.encounter, administration)
    return _Inquiry(solved, code, administration).answer()


class _Inquiry:
    """One question with what is needed to answer it."""

    def __init__(self, solved: Solved, code: str, subject: str | None) -> None:
        self._solved = solved
        self._coder = solved.coder
        self._result = solved.base
        self._code = code
        self._subject = subject
        self._drugs = solved.drugs
        self._lines = [line for line in solved.base.lines if line.code == code]

    def answer(self) -> WhyNot:
        """The first of the cases that holds, with what each of them has to say."""
        mine = [line for line in self._lines if self._subject in (None, *line.administrations)]
        if mine:
            places = tuple(map(self._where, mine))
            text = f"{self._code} is reported: {'; '.join(places)}; --why {self._code} says why"
            return self._made("reported", text, elsewhere=places, rules=mine[0].rules)
        near = self._near
        outside = [each for each in near if any(_is_setting(one) for one in each.missing)]
        inside = [each for each in near if each not in outside]
        if elsewhere := tuple(self._elsewhere()):
            text = f"{self._code} is reported elsewhere: {'; '.join(elsewhere)}"
            if not self._lines:
                text = f"not reported as {self._code}, but elsewhere: {'; '.join(elsewhere)}"
            return self._made("reported_elsewhere", text, elsewhere, inside, self._roles(inside))
        whom = self._whom
        if not self._here:
            return self._made("no_rule", self._no_rule(), (), outside)
        if inside:
            count = _COUNTS[min(len(each.missing) for each in inside)]
            rule = inside[0].rule.id
            lacks = "; ".join(each.condition for each in self._near_miss(inside[0]).missing)
            text = f"{self._code} is not reported {whom}: rule {rule} came within {count}: {lacks}"
            return self._made("near", text, (), inside)
        text = (
            f"no rule came within two conditions of {self._code} {whom}; "
            f"it can be reported by {', '.join(self._here)}"
        )
        return self._made("far", text)

    def _no_rule(self) -> str:
        """That no rule of this setting reports the code, and which one does elsewhere."""
        setting = self._solved.encounter.setting
        text = f"no rule reports {self._code} in the {setting} setting"
        gated = self._coder.rulebook.gated
        if other := self._reporting(None, gated):
            named = [self._coder.rulebook.rule(each) for each in other]
            held = (f"{each.id}{_held(each)}" for each in named)
            return f"{text}; elsewhere it is reported by rule {' or '.join(held)}"
        return text

    @cached_property
    def _here(self) -> tuple[str, ...]:
        """The rules that can report the code in this setting."""
        return self._reporting(self._solved.encounter.setting)

    def _reporting(
        self, setting: str | None, holding: frozenset[str] | None = None
    ) -> tuple[str, ...]:
        book = self._coder.rulebook
        spots = [((n, arity), _EARNERS[n][0]) for n, arity in book.signatures if n in _EARNERS]
        charted = () if self._code in self._coder.tables.codes else book.vocabulary.marked("input")
        held = self._solved.holding if holding is None else holding
        return reporting(book, held, setting, self._code, spots, charted)

    def _made(
        self,
        case: Case,
        sentence: str,
        elsewhere: tuple[str, ...] = (),
        near: Sequence[Near] = (),
        reasons: tuple[Reason, ...] = (),
        rules: tuple[str, ...] | None = None,
    ) -> WhyNot:
        return WhyNot(
            code=self._code,
            label=label_of(self._coder, self._code),
            administration=self._subject,
            case=case,
            sentence=sentence,
            elsewhere=elsewhere,
            reasons=reasons,
            near=tuple(map(self._near_miss, near[:_SHOWN])),
            rules=self._here if rules is None else rules,
        )

    @property
    def _whom(self) -> str:
        return f"for {self._drugs[self._subject]}" if self._subject else "on this record"

    def _elsewhere(self) -> Iterator[str]:
        """Where the code is reported, and what the administration is reported as."""
        yield from map(self._where, self._lines)
        if self._subject is None:
            return
        own = [
            line
            for line in self._result.lines
            if self._subject in line.administrations and line.section != "drug"
        ]
        if own:
            codes = " and ".join(dict.fromkeys(self._earned(line) for line in own))
            yield f"{self._drugs[self._subject]} is reported as {codes}"

    def _earned(self, line: Line) -> str:
        units = [each for each in line.units_by if each.administration == self._subject]
        spent = [str(each.minutes) for each in units if each.minutes is not None]
        by = f" by {'+'.join(spent)} minutes" if spent else ""
        return f"{line.code} ×{len(units) or line.units}{by}"

    def _where(self, line: Line) -> str:
        """What a line stands for, and by which minutes."""
        spent: dict[str, list[str]] = {}
        for unit in line.units_by:
            if unit.minutes is not None:
                spent.setdefault(unit.administration, []).append(str(unit.minutes))
        names = [
            self._drugs.get(each, each)
            + (f" by {'+'.join(spent[each])} minutes" if each in spent else "")
            for each in line.administrations
        ]
        code = "-".join((line.code, *line.modifiers))
        return f"{code} ×{line.units} for {', '.join(names) or 'the encounter'}"

    @cached_property
    def _near(self) -> tuple[Near, ...]:
        return self._solved.near.of(self._goals())

    def _goals(self) -> Iterator[Goal]:
        code = clingo.String(self._code)
        services = self._services() if self._subject else [None]
        for name, arity in sorted(self._coder.rulebook.signatures):
            if name not in _EARNERS:
                continue
            at, owner = _EARNERS[name]
            for service in services if owner is not None else [None]:
                pattern: list[clingo.Symbol | None] = [None] * arity
                pattern[at] = code
                if owner is not None:
                    pattern[owner] = service
                yield Goal((name, arity), tuple(pattern))

    def _services(self) -> list[clingo.Symbol | None]:
        """What an administration may be reported as: itself, its bag, its hydration service."""
        found: dict[clingo.Symbol | None, None] = {clingo.String(self._subject or ""): None}
        for atom in self._solved.atoms_of(("in_bag", 2)):
            if atom.arguments[0] in found:
                found[atom.arguments[1]] = None
        for atom in self._solved.atoms_of(("hydration_bag", 2)):
            if atom.arguments[1] in found:
                found[clingo.Function("hydration", [atom.arguments[0]])] = None
        return list(found)

    def _roles(self, near: Sequence[Near]) -> tuple[Reason, ...]:
        """Why the service does not play the role that the code asks for."""
        return tuple(self._contrasts(near))

    def _contrasts(self, near: Sequence[Near]) -> Iterator[Reason]:
        reasons = self._solved.reasons
        wanted = (
            one.goal.pattern
            for each in near
            for one in each.missing
            if one.goal is not None and one.goal.signature == ("plays", 2)
        )
        for service, role in dict.fromkeys(wanted):
            if service is None or role is None or service not in reasons.roles:
                continue
            text = service.string if service.type is clingo.SymbolType.String else str(service)
            whom = reasons.names.terms.get(text, self._drugs.get(text, text))
            for contrast in reasons.roles[service].instead.get(role, ())[:1]:
                yield Reason(
                    rule=contrast.rule.id,
                    sentence=f"{whom}: {contrast.sentence(reasons.names)}",
                    citations=contrast.rule.cites,
                )

    def _near_miss(self, near: Near) -> NearMiss:
        said = Conditions(self._solved.reasons, self._solved.atoms_of, self._drugs)
        missing = tuple(said.condition(each) for each in near.missing)
        count = _COUNTS[len(missing)]
        whom = dict.fromkeys(each.administration for each in missing if each.administration)
        given = f" for {', '.join(self._drugs[each] for each in whom)}" if whom else ""
        return NearMiss(
            rule=near.rule.id,
            title=near.rule.title,
            citations=near.rule.cites,
            administrations=tuple(whom) or ((self._subject,) if self._subject else ()),
            missing=missing,
            sentence=f"{near.rule.title} ({self._code}{given}): lacks {count}",
        )


def _is_setting(missing: object) -> bool:
    goal = getattr(missing, "goal", None)
    return isinstance(goal, Goal) and goal.signature == ("setting", 1)


def _held(rule: Rule) -> str:
    """Where a rule holds, by its header."""
    where = [f"the {each} setting" for each in sorted(rule.settings)]
    where += [f"payer {each}" for each in sorted(rule.payers)]
    where += [f"from {rule.date_from}"] if rule.date_from else []
    where += [f"to {rule.date_to}"] if rule.date_to else []
    return f" ({', '.join(where)})" if where else ""
