"""Owns the making of a Result from an answer: lines, what is not reported, findings, timeline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Protocol

import clingo

from infusion_asp.coding.assembly import Assembly
from infusion_asp.coding.draw import timeline
from infusion_asp.coding.lines import modifiers
from infusion_asp.engine.answer import Arguments
from infusion_asp.facts import Clock
from infusion_asp.facts.known import function
from infusion_asp.justify import DEPTH, FULL, Justification
from infusion_asp.justify import Reason as Proof
from infusion_asp.model import (
    Administration,
    Finding,
    Line,
    NotReported,
    Reason,
    Result,
    RulebookStamp,
    UnitBy,
)
from infusion_asp.model.result import Level, Risk, Section

_SECTIONS: tuple[Section, ...] = ("administration", "neighbour", "drug")
_LEVELS: tuple[Level, ...] = ("error", "warning", "info")
_RISKS: tuple[Risk, ...] = ("over", "under", "documentation", "none")


class Words(Protocol):
    """What puts a finding into words."""

    def of(self, atom: clingo.Symbol, /) -> Sequence[Any]:
        """The firings that derived it, each with its rule."""
        ...

    def sentences(self, atom: clingo.Symbol, /) -> tuple[str, ...]:
        """Its sentences."""
        ...

    def help(self, firing: Any, /) -> str:
        """What would cure it."""
        ...


def assemble(parts: Assembly, reasons: Justification | None, *, full: bool = False) -> Result:
    """The result of one answer; without `reasons` sentences and reason trees stay empty."""
    encounter = parts.encounter
    lines = _lines(parts, reasons, full)
    return Result(
        encounter_id=encounter.encounter_id,
        rulebook=RulebookStamp(version=parts.rulebook.version, digest=parts.rulebook.digest),
        profile=parts.profile,
        setting=encounter.setting,
        policies=dict(parts.policies),
        tables=parts.tables.versions(encounter.setting, parts.day),
        lines=lines,
        not_reported=_not_reported(parts, reasons, lines, full),
        findings=findings_of(parts, reasons),
        timeline=timeline(parts.encounter, parts.clock, parts.answer, lines),
    )


def _lines(parts: Assembly, reasons: Justification | None, full: bool) -> tuple[Line, ...]:
    found = [_line(parts, reasons, row, full) for row in parts.answer.rows("line", 5)]
    return tuple(sorted(found, key=_place))


def _place(line: Line) -> tuple[int, date, str, tuple[str, ...]]:
    """What lines are sorted by."""
    return _SECTIONS.index(line.section), line.date or date.min, line.code, line.modifiers


def _line(parts: Assembly, reasons: Justification | None, row: Arguments, full: bool) -> Line:
    section, code, mods, day, units = row
    key = (code, mods, day)
    known = parts.tables.codes.get(code.string)
    label = known.label if known else _drug_label(parts, code.string)
    trees = _trees(reasons, parts.line_atoms(row), full) if reasons else ()
    return Line(
        section=_SECTIONS[_SECTIONS.index(section.name)],
        code=code.string,
        label=label,
        units=units.number,
        modifiers=modifiers(mods),
        date=_date(parts.clock, day),
        administrations=tuple(parts.members.get(key, ())),
        units_by=tuple(
            UnitBy(
                administration=admin.string,
                minutes=minutes.number if minutes.type == clingo.SymbolType.Number else None,
            )
            for _, _, admin, minutes in parts.units_of(key)
        ),
        rules=_unique(tree.rule for tree in _walk(trees) if tree.rule),
        sentences=_unique(tree.sentence for tree in trees if tree.sentence),
        citations=_unique(cite for tree in _walk(trees) for cite in tree.citations),
        because=trees,
    )


def _drug_label(parts: Assembly, code: str) -> str:
    rows = parts.tables.drugs.by_hcpcs(code)
    return rows[0].generic if rows else "drug"


def _date(clock: Clock, day: clingo.Symbol) -> date | None:
    return clock.date(day.number) if day.type == clingo.SymbolType.Number else None


def _not_reported(
    parts: Assembly, reasons: Justification | None, lines: Sequence[Line], full: bool
) -> tuple[NotReported, ...]:
    coded = {name for line in lines if line.section != "drug" for name in line.administrations}
    found: dict[str, list[str]] = {}
    for admin, excluding in parts.answer.rows("unreported", 2):
        found.setdefault(admin.string, []).append(excluding.name)
    result: list[NotReported] = []
    for given in parts.encounter.administrations:
        rules = found.get(given.id, [])
        for rule in rules:
            pair = [clingo.String(given.id), function(rule, [])]
            trees = _trees(reasons, [function("excluded", pair)], full)
            trees = trees or _trees(reasons, [function("unreported", pair)], full)
            sentence = trees[0].sentence if trees else parts.rulebook.rule(rule).title
            result.append(
                NotReported(
                    administration=given.id,
                    kind="excluded",
                    rule=rule,
                    sentence=sentence,
                    because=trees,
                )
            )
        if not rules and given.id not in coded:
            result.append(
                NotReported(
                    administration=given.id,
                    kind="no_rule",
                    sentence=_no_rule(given),
                    because=_trees(reasons, parts.known(given.id), full) if reasons else (),
                )
            )
    return tuple(result)


def _no_rule(given: Administration) -> str:
    """That nothing applies, with the charted facts that a rule would have to fit."""
    charted = [given.route or "route not charted", given.method or "method not charted"]
    charted += [each for each in (given.category, given.purpose) if each]
    words = ", ".join(each.replace("_", " ") for each in charted)
    return f"{given.id} ({given.name}) as charted fits no code: {words}"


def findings_of(parts: Assembly, reasons: Words | None) -> tuple[Finding, ...]:
    """The findings of an answer, the gravest first; without `reasons` only their titles."""
    found = []
    for name, subject, detail in parts.answer.rows("finding", 3):
        rule = parts.rulebook.rule(name.name)
        sentence, help = rule.title, ""
        if reasons is not None:
            atom = function("finding", [name, subject, detail])
            firings = [each for each in reasons.of(atom) if each.rule.id == rule.id]
            sentence = next(iter(reasons.sentences(atom)), rule.title)
            help = reasons.help(firings[0]) if firings else ""
        named = tuple(each.string for each in (subject, detail) if _is_admin(parts, each))
        values = [_plain(each) for each in (subject, detail) if not _is_admin(parts, each)]
        found.append(
            Finding(
                rule=rule.id,
                level=next((one for one in _LEVELS if one == rule.level), "info"),
                risk=next((one for one in _RISKS if one == rule.risk), "none"),
                administrations=named,
                arguments=tuple(value for value in values if value not in ("none", "encounter")),
                sentence=sentence,
                help=help,
            )
        )
    last = len(parts.order)
    return tuple(
        sorted(
            found,
            key=lambda each: (
                _LEVELS.index(each.level),
                min((parts.order[name] for name in each.administrations), default=last),
                each.rule,
                each.arguments,
                each.administrations,
            ),
        )
    )


def _is_admin(parts: Assembly, value: clingo.Symbol) -> bool:
    return value.type == clingo.SymbolType.String and value.string in parts.order


def _plain(value: clingo.Symbol) -> str:
    return value.string if value.type == clingo.SymbolType.String else str(value)


def _trees(
    reasons: Justification | None, atoms: Sequence[clingo.Symbol], full: bool
) -> tuple[Reason, ...]:
    if reasons is None:
        return ()
    proofs = [tree for atom in atoms for tree in _proofs(reasons, atom, full) if tree.rule_id]
    return tuple({proof.sentence: _reason(proof) for proof in reversed(proofs)}.values())[::-1]


def _proofs(reasons: Justification, atom: clingo.Symbol, full: bool) -> Sequence[Proof]:
    return reasons.trees(atom, FULL if full else DEPTH) if reasons.of(atom) else ()


def _reason(proof: Proof) -> Reason:
    return Reason(
        rule=proof.rule_id or "",
        sentence=proof.sentence,
        citations=proof.citations,
        children=tuple(_reason(child) for child in proof.children),
    )


def _walk(trees: Iterable[Reason]) -> Iterable[Reason]:
    for tree in trees:
        yield tree
        yield from _walk(tree.children)


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
