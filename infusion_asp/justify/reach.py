"""Owns which codes the rules can report at all, whatever the record says, in one setting."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clingo.ast import AST, ASTType

from infusion_asp.engine.answer import Signature
from infusion_asp.justify.provenance import statements_of
from infusion_asp.rulebook import Rule, Rulebook
from infusion_asp.rulebook.atoms import Place, uses

_SETTING: Signature = ("setting", 1)
_Spot = tuple[Signature, int]


@dataclass(frozen=True)
class _Flow:
    """What one statement hands on: constants and variables of its head, and their sources."""

    rule: Rule
    head: Signature
    constants: tuple[tuple[int, str], ...]
    variables: tuple[tuple[int, str], ...]
    sources: Mapping[str, tuple[_Spot, ...]]
    needs: frozenset[Signature]
    setting: str | None


_FLOWS: weakref.WeakKeyDictionary[Rulebook, tuple[_Flow, ...]] = weakref.WeakKeyDictionary()


def reporting(
    rulebook: Rulebook,
    holding: frozenset[str],
    setting: str | None,
    code: str,
    spots: Iterable[_Spot],
    charted: Iterable[Signature] = (),
) -> tuple[str, ...]:
    """Ids of the rules in force that can put the code into one of these places.

    `setting` None: in any setting. `charted`: facts of the record that can hold it.
    """
    off = rulebook.gated - holding
    every = _flows(rulebook)
    given = {key for each in every for key in each.needs} - {each.head for each in every}
    flows = [each for each in every if each.rule.id not in off]
    if setting is not None:
        flows = [each for each in flows if each.setting in (None, setting)]
    flows = _possible(flows, frozenset(given) | rulebook.vocabulary.marked("input"))
    quoted = f'"{code}"'
    found: set[_Spot] = {(key, at) for key in charted for at in range(key[1])}
    size = -1
    while size != len(found):
        size = len(found)
        for flow in flows:
            found |= {(flow.head, at) for at in _carried(flow, quoted, found)}
    wanted = set(spots)
    ids = (
        flow.rule.id
        for flow in flows
        if any((flow.head, at) in wanted for at in _carried(flow, quoted, found))
    )
    return tuple(dict.fromkeys(ids))


def _carried(flow: _Flow, quoted: str, found: set[_Spot]) -> Iterable[int]:
    """The places of a head that can hold the code."""
    for at, constant in flow.constants:
        if constant == quoted:
            yield at
    for at, name in flow.variables:
        sources = flow.sources.get(name, ())
        if sources and all(spot in found for spot in sources):
            yield at


def _possible(flows: list[_Flow], inputs: frozenset[Signature]) -> list[_Flow]:
    """The statements whose body some record can meet."""
    known, waiting, size = set(inputs), flows, -1
    while size != len(waiting):
        size = len(waiting)
        met = [each for each in waiting if each.needs <= known]
        waiting = [each for each in waiting if not each.needs <= known]
        known |= {each.head for each in met}
    return [each for each in flows if each.needs <= known]


def _flows(rulebook: Rulebook) -> tuple[_Flow, ...]:
    if rulebook not in _FLOWS:
        pairs = statements_of(rulebook)
        _FLOWS[rulebook] = tuple(flow for pair in pairs for flow in _of(*pair))
    return _FLOWS[rulebook]


def _of(rule: Rule, statement: AST) -> Iterable[_Flow]:
    found = uses(statement)
    body = [each for each in found if each.place is Place.BODY]
    sources: dict[str, list[_Spot]] = {}
    for each in body:
        for at, term in enumerate(each.arguments):
            if term.ast_type is ASTType.Variable:
                sources.setdefault(term.name, []).append((each.signature, at))
    settings = [str(each.arguments[0]) for each in body if each.signature == _SETTING]
    needs = frozenset(each.signature for each in body)
    for head in (each for each in found if each.in_head):
        places = list(enumerate(head.arguments))
        yield _Flow(
            rule,
            head.signature,
            tuple((at, str(term)) for at, term in places if term.ast_type is ASTType.SymbolicTerm),
            tuple((at, term.name) for at, term in places if term.ast_type is ASTType.Variable),
            {name: tuple(spots) for name, spots in sources.items()},
            needs,
            settings[0] if settings else None,
        )
