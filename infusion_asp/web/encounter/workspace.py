"""Owns the workspace: everything that the page shows of a state, as one html fragment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infusion_asp.model import InputError
from infusion_asp.render.claim_view import money
from infusion_asp.render.view import view
from infusion_asp.web.editing.controls import controls
from infusion_asp.web.encounter.answer import Answer, answered
from infusion_asp.web.encounter.bar_words import WORDS
from infusion_asp.web.encounter.difference import Difference, LineChange, difference
from infusion_asp.web.encounter.lanes import drawn
from infusion_asp.web.encounter.lines import LineRow, line_rows, plain_rows
from infusion_asp.web.encounter.picture import Picture
from infusion_asp.web.encounter.problems import Placed, placed, readable
from infusion_asp.web.encounter.shown import Shown
from infusion_asp.web.encounter.state import State
from infusion_asp.web.encounter.timeline import picture
from infusion_asp.web.rendering import rendered


@dataclass(frozen=True)
class Seen:
    """What the template of the workspace shows; `dim`: the lines are those of a state before."""

    picture: Picture | None
    lines: tuple[LineRow, ...]
    dim: bool
    total: str
    one_date: str
    difference: Difference
    result: Mapping[str, Any] | None = None
    findings: tuple[Mapping[str, Any], ...] = ()
    billed: int = 0
    problems: tuple[Placed, ...] = ()
    before: str = ""


def workspace(
    state: State,
    before: str = "",
    selected: str = "",
    *,
    csrf: str = "",
    said: str = "",
) -> str:
    """The fragment `#workspace` for a state; runs in a worker process.

    `before` is the hidden field of the last answer, `selected` the id of an administration or
    empty, `said` a sentence about the edit, told before the one about the lines. An encounter that
    is not valid gives a workspace too: the errors at their places, the last lines dimmed.
    """
    answer = answered(state)
    seen = _seen(state, answer, Shown.parse(before), before)
    names = {given.id for given in answer.encounter.administrations} if answer.encounter else set()
    kept = selected if selected in names or answer.encounter is None else ""
    spoken = ". ".join(filter(None, (said, _spoken(seen))))
    return rendered(
        "encounter/workspace.html.j2",
        state_text=state.text(),
        title=_title(state),
        seen=seen,
        selected=kept,
        csrf=csrf,
        said=spoken,
        words_of_fill=WORDS,
        controls=controls(state, kept),
    )


def workspace_of(text: str, before: str = "", selected: str = "", csrf: str = "") -> str:
    """The same for the text of a state; raises InputError where it is none."""
    return workspace(State.parse(text), before, selected, csrf=csrf)


def _seen(state: State, answer: Answer, before: Shown, before_text: str) -> Seen:
    problems = placed(state.document, answer.problems)
    if answer.result is None or answer.parts is None:
        return _refused(state, answer, before, before_text, problems)
    shown = Shown.of(answer)
    found = difference(before, shown)
    data = view(answer.result, 1, full=False)
    lines = line_rows(answer.result.lines, data["lines"], shown, found, answer.money)
    dates = {each.date for each in shown.lines}
    encounter = answer.parts.encounter
    return Seen(
        picture=picture(drawn(encounter, answer.parts, answer.result), answer.result.lines),
        lines=lines,
        dim=False,
        total=money(shown.total),
        one_date=dates.pop() if len(dates) == 1 else "",
        difference=found,
        result=data,
        findings=tuple(_finding(each, answer, found) for each in data["findings"]),
        billed=len(encounter.billed),
        before=shown.text(),
    )


def _refused(
    state: State, answer: Answer, before: Shown, before_text: str, problems: tuple[Placed, ...]
) -> Seen:
    """What is shown of a state without a result: the record as charted, the lines before."""
    encounter, more = (answer.encounter, ()) if answer.encounter else readable(state.document)
    known = {(each.administration, each.field, each.message) for each in problems}
    problems += tuple(
        each for each in more if (each.administration, each.field, each.message) not in known
    )
    wrong = {
        each.administration: InputError(each.path, each.message, each.help)
        for each in reversed(problems)
        if each.administration
    }
    dates = {each.date for each in before.lines}
    return Seen(
        picture=None if encounter is None else picture(drawn(encounter, None, None), (), wrong),
        lines=tuple(plain_rows(before.lines, LineChange())),
        dim=True,
        total=money(before.total) if before.answered else "",
        one_date=dates.pop() if len(dates) == 1 else "",
        difference=Difference({}),
        problems=problems,
        before=before_text if before.answered else "",
    )


def _finding(finding: Mapping[str, Any], answer: Answer, found: Difference) -> Mapping[str, Any]:
    """A finding with the sources of its rule, and whether the state before had it."""
    made = dict(finding)
    if not made["citations"] and answer.coder is not None:
        made["citations"] = answer.coder.rulebook.rule(made["rule"]).cites
    made["new"] = (made["rule"], made["sentence"]) in found.new_findings
    return made


def _spoken(seen: Seen) -> str:
    if seen.problems:
        first, more = seen.problems[0], len(seen.problems) - 1
        whose = f"{first.administration} {first.field}: " if first.administration else ""
        also = f", and {more} more" if more else ""
        return f"not coded: {whose}{first.message}{also}"
    return seen.difference.sentence


def _title(state: State) -> str:
    name = state.document.get("encounter_id")
    return name if isinstance(name, str) else "encounter"
