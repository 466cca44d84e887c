"""Owns which row of the worksheet carries which money, so that the rows add up to the claim."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from infusion_asp.model.result import Risk
from infusion_asp.model.verification import Edit, Verification
from infusion_asp.render.claim_view import money, rates
from infusion_asp.render.issues import Issue, issues, named


def shared_out(claim: Verification) -> list[Issue]:
    """The issues of a claim, the money of its repair shared out: each edit to one issue.

    The first issue about a line has the amount of its edit, on the side to which the edit moves
    it; a further issue about the same line says with which the amount is counted, and one that no
    edit is about what is at risk. An edit that no issue is about becomes one of its own. Without
    a repair the issues keep their own amounts, the first one of each line.
    """
    told = issues(claim)
    if not claim.repair:
        return [_with_table(each, claim) for each in _firsts(told)]
    left = list(claim.repair)
    taken: dict[int, str] = {}
    made = []
    for each in told:
        own = [] if each.documentation else [edit for edit in left if _about(edit, each)]
        left = [edit for edit in left if edit not in own]
        taken.update({edit.index: each.rule for edit in own if edit.index is not None})
        amounts = [edit.amount for edit in own if edit.amount is not None]
        known = [taken[index] for index in each.billed if index in taken]
        if amounts:
            made.append(_moved(each, sum(amounts, Decimal(0))))
        elif each.amount and known:
            made.append(_counted(each, f"amount counted with {', '.join(dict.fromkeys(known))}"))
        elif each.amount:
            made.append(_counted(each, f"{money(each.amount)} at risk, not part of the repair"))
        else:
            made.append(each)
    return [_with_table(each, claim) for each in (*made, *_edits(left))]


def _about(edit: Edit, issue: Issue) -> bool:
    if edit.index is not None:
        return edit.index in issue.billed
    codes = {each.partition("-")[0] for each in issue.codes}
    return issue.risk == "under" and edit.after is not None and edit.after.code in codes


def _moved(issue: Issue, change: Decimal) -> Issue:
    """The issue on the side that `change` in payment moves the claim from."""
    side: Risk = "over" if change < 0 else "under"
    return replace(issue, amount=abs(change), risk=side if change else issue.risk)


def _counted(issue: Issue, words: str) -> Issue:
    return replace(issue, amount=None, help=f"{issue.help} ({words})".strip())


def _firsts(told: Sequence[Issue]) -> Iterator[Issue]:
    counted: dict[tuple[int, str], str] = {}
    for each in told:
        places = [(index, each.risk) for index in each.billed if each.amount]
        known = [counted[place] for place in places if place in counted]
        if places and len(known) == len(places):
            yield _counted(each, f"amount counted with {', '.join(dict.fromkeys(known))}")
        else:
            yield each
        for place in places:
            counted.setdefault(place, each.rule)


def _edits(edits: Sequence[Edit]) -> Iterator[Issue]:
    for edit in edits:
        if not edit.amount:
            continue
        line = edit.after or edit.before
        words = f"repair: {edit.action.replace('_', ' ')}"
        found = Issue(
            rule=edit.rule,
            level="warning",
            risk="under",
            message=words if line is None else f"{words} {named(line)} ×{line.units}",
            codes=() if line is None else (named(line),),
            billed=() if edit.index is None else (edit.index,),
        )
        yield _moved(found, edit.amount)


def _with_table(issue: Issue, claim: Verification) -> Issue:
    """The issue, the table of its amount named in its help."""
    table = rates(claim)
    if issue.amount is None or not table:
        return issue
    return replace(issue, help=f"{issue.help} (amount: {table})".strip())
