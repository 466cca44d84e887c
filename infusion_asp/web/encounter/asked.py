"""Owns what is solved only when it is asked for: full proofs, other readings, questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from infusion_asp.coding.alternatives import alternatives
from infusion_asp.render.claim_view import ASKED
from infusion_asp.render.view import cleaned, view
from infusion_asp.verify import Verifier
from infusion_asp.web.encounter.answer import Answer, answered
from infusion_asp.web.encounter.state import State
from infusion_asp.web.rendering import rendered

LINE, NOT_REPORTED = "L", "N"


def proof(text: str, what: str) -> str:
    """The full proof of a line (`L3`) or of an administration not reported (`N2`), as html.

    Raises InputError where the text is no state; a record that is not valid, or a number that is
    not there, has nothing to prove.
    """
    answer = answered(State.parse(text), full=True, claim=False)
    data: dict[str, Any] = {} if answer.result is None else view(answer.result, 1, full=True)
    parts = _listed(data, what[:1])
    number = int(what[1:]) if what[1:].isdecimal() and len(what) < 6 else 0
    found = parts[number - 1] if 0 < number <= len(parts) else {}
    return rendered(
        "encounter/proof.html.j2",
        sentences=found.get("own_sentences", ()),
        because=found.get("because", ()),
    )


def open_points(text: str) -> str:
    """The lines that the record leaves possible, and questions to the clinician, as html.

    Raises InputError where the text is no state.
    """
    state = State.parse(text)
    answer = answered(state, claim=False)
    return rendered(
        "encounter/alternatives.html.j2",
        alternatives=_alternatives(answer),
        queries=_queries(answer),
    )


def _listed(data: Mapping[str, Any], kind: str) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = data.get(
        {LINE: "lines", NOT_REPORTED: "not_reported"}.get(kind, ""), ()
    )
    return found


def _alternatives(answer: Answer) -> Any:
    if answer.coder is None or answer.result is None or answer.encounter is None:
        return ()
    coder = answer.coder
    found = alternatives(
        partial(coder.code, explain=False), coder.lines_many, answer.encounter, answer.result
    )
    return cleaned([each.model_dump(mode="json") for each in found])


def _queries(answer: Answer) -> Any:
    """The questions of a claim that differs from its record; none where nothing is billed."""
    if answer.coder is None or answer.encounter is None or not answer.encounter.billed:
        return ()
    claim = Verifier(answer.coder).verify(answer.encounter)
    dumped = [each.model_dump(mode="json") for each in claim.queries]
    return cleaned([{**each, "asks": ASKED[each["kind"]]} for each in dumped])
