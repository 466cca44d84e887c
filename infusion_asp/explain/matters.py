"""Owns which policies can matter for an answer, found without solving it under each of them.

A rule that asks for a policy and whose other conditions do not hold in the answer fires under no
value of that policy. Where that is so of all rules that ask for it, the answer stands under every
value, and as there is only one answer, it is the one.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from dataclasses import dataclass

from clingo import Function
from clingo.ast import AST, ASTType

from infusion_asp.coding.lines import LINE
from infusion_asp.engine.answer import Signature
from infusion_asp.engine.provenance_run import ProvenanceRun
from infusion_asp.explain.solved import Solved
from infusion_asp.facts import Policies
from infusion_asp.facts.policies import policy_symbol
from infusion_asp.justify import terms
from infusion_asp.rulebook import Rulebook
from infusion_asp.rulebook.atoms import uses

POLICY: Signature = ("policy", 2)
_VIOLATES: Signature = ("violates", 2)
_VALUE, _ASKED = "_value", "_asked"


@dataclass(frozen=True)
class _Asking:
    """The rules that ask for policies, rewritten: `_asked(Policy, Value)` without that condition.

    `always` are the policies that are asked for where a rewriting can't tell.
    """

    text: str
    reads: frozenset[Signature]
    always: frozenset[str]


_KNOWN: weakref.WeakKeyDictionary[Rulebook, _Asking] = weakref.WeakKeyDictionary()


def mattering(solved: Solved) -> frozenset[tuple[str, str]]:
    """Policies with the values that some rule behind the lines asks for in this answer.

    A change from one value to another can change lines only where one of the two is among them.
    """
    choices = solved.coder.choices
    asking = _asking(solved.coder.rulebook)
    run = ProvenanceRun(solved.atoms_of, lenient=True)
    values = (
        Function(_VALUE, policy_symbol(name, value).arguments) for name, value in _all(choices)
    )
    run.load(asking.reads, values)
    run.add(terms.parse(f"#program base.\n{asking.text}"))
    run.ground([("base", [])])
    met = {tuple(map(str, each.arguments)) for each in run.atoms(_ASKED, 2)}
    return frozenset(
        (name, value)
        for name, value in _all(choices)
        if name in asking.always or tuple(map(str, policy_symbol(name, value).arguments)) in met
    )


def _all(choices: Policies) -> Iterable[tuple[str, str]]:
    return ((name, value) for name, each in choices.policies.items() for value in each.values)


def _asking(rulebook: Rulebook) -> _Asking:
    if rulebook not in _KNOWN:
        texts: list[str] = []
        reads: set[Signature] = set()
        always: set[str] = set()
        for statement in _behind_lines(rulebook):
            asked = [each for each in uses(statement) if each.signature == POLICY]
            places = [at for at, one in enumerate(statement.body) if _asks(one)]
            if len(places) < len(asked):  # in an aggregate or in the head
                always |= {str(each.arguments[0]) for each in asked}
                continue
            for place in places:
                texts.append(_rewritten(statement, place))
                reads |= {key for one in statement.body for key in terms.signatures_below(one)}
        _KNOWN[rulebook] = _Asking("\n".join(texts), frozenset(reads), frozenset(always))
    return _KNOWN[rulebook]


def _asks(literal: AST) -> bool:
    """Whether a literal asks for a policy; it matters as much where it must not be in effect."""
    plain = literal.ast_type is ASTType.Literal
    return plain and terms.signature_of(literal.atom) == POLICY


def _rewritten(statement: AST, place: int) -> str:
    """One condition on a policy left open: what the rule asks for where all else holds."""
    name, value = map(str, statement.body[place].atom.symbol.arguments)
    others = [str(one) for at, one in enumerate(statement.body) if at != place]
    body = "; ".join([f"{_VALUE}({name},{value})", *others])
    return f"{_ASKED}({name},{value}) :- {body}."


def _behind_lines(rulebook: Rulebook) -> list[AST]:
    """The statements on which the lines and the constraints rest."""
    sides = [
        (
            statement,
            {use.signature for use in found if use.in_head},
            {use.signature for use in found},
        )
        for statement, found in ((each, uses(each)) for each in rulebook.statements)
    ]
    reached: set[Signature] = {LINE, _VIOLATES}
    size = 0
    while size != len(reached):
        size = len(reached)
        for _, heads, every in sides:
            if not heads or heads & reached:
                reached |= every
    return [statement for statement, heads, _ in sides if not heads or heads & reached]
