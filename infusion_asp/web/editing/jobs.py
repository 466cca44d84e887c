"""Owns the work of a change, done in a worker: the edit, and the html that answers it."""

from __future__ import annotations

import datetime as dt

from infusion_asp.tables import load_tables
from infusion_asp.web.editing.changes import edited
from infusion_asp.web.editing.controls import controls
from infusion_asp.web.editing.drugs import completions
from infusion_asp.web.editing.edits import read_edits
from infusion_asp.web.encounter.state import State
from infusion_asp.web.encounter.workspace import workspace
from infusion_asp.web.rendering import rendered


def changed_workspace(
    text: str, before: str, selected: str, edits: str, csrf: str, today: dt.date
) -> str:
    """The workspace of the state `text` after `edits`; raises InputError where one is refused."""
    done = edited(State.parse(text), read_edits(edits), selected, today)
    said = "; ".join(done.said)
    return workspace(done.state, before, done.selected, csrf=csrf, said=said)


def controls_of(text: str, selected: str) -> str:
    """The controls of a state with another administration selected; nothing is solved."""
    return rendered("editing/controls.html.j2", controls=controls(State.parse(text), selected))


def drug_names(begin: str) -> list[dict[str, str]]:
    """The names that complete a drug."""
    return completions(load_tables(), begin)
