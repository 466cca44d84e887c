"""Owns the workspace: everything that the page shows of a state, as one html fragment."""

from __future__ import annotations

from infusion_asp.model import InputError
from infusion_asp.web.encounter.answer import answered
from infusion_asp.web.encounter.state import State
from infusion_asp.web.rendering import rendered


def workspace(
    state: State,
    before: str = "",
    selected: str = "",
    *,
    csrf: str = "",
    refused: InputError | None = None,
) -> str:
    """The fragment `#workspace` for a state; runs in a worker process.

    `before` is the hidden field of the last answer, `selected` the id of an administration or
    empty, `refused` an edit that was not made: its message stands at the control of its path.
    An encounter that is not valid gives a workspace too, with the errors at their places.
    """
    answer = answered(state)
    return rendered(
        "encounter/workspace.html.j2",
        state=state,
        answer=answer,
        result=answer.result,
        problems=answer.problems,
        refused=refused,
        selected=selected,
        before=before,
        csrf=csrf,
        said="",
    )


def workspace_of(text: str, before: str = "", selected: str = "", csrf: str = "") -> str:
    """The same for the text of a state; raises InputError where it is none."""
    return workspace(State.parse(text), before, selected, csrf=csrf)
