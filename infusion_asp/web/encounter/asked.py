"""Owns what is solved only when it is asked for: full proofs, other readings, questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from infusion_asp.coding.alternatives import alternatives
from infusion_asp.render.claim_view import ASKED, claim_fields
from infusion_asp.render.view import LEVELS, cleaned, view
from infusion_asp.web.encounter.answer import Answer, answered, verified
from infusion_asp.web.encounter.claim import claim_rows
from infusion_asp.web.encounter.state import State
from infusion_asp.web.rendering import rendered

LINE, NOT_REPORTED = "L", "N"


def proof(text: str, what: str) -> str:
    """The full proof of a line (`L3`) or of an administration not reported (`N2`), as html.

    Raises InputError where the text is no state; a record that is not valid, or a number that is
    not there, has nothing to prove.
    """
    answer = answered(State.parse(text), full=True)
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
    answer = answered(state)
    return rendered(
        "encounter/alternatives.html.j2",
        alternatives=_alternatives(answer),
        queries=_queries(state),
    )


def claim_against_record(text: str) -> str:
    """The billed lines beside what the record supports, and what they differ by, as html.

    Empty where nothing is billed. Raises InputError where the text is no state, EngineError where
    the rules have no answer.
    """
    state = State.parse(text)
    claim = verified(state)
    if claim is None:
        return ""
    fields = cleaned(claim.model_dump(mode="json"))
    fields |= claim_fields(claim, fields)
    told = [{"new": False, **each} for each in fields["findings"] if each["billed"] or each["code"]]
    told.sort(key=lambda each: LEVELS.index(each["level"]))
    return rendered("encounter/claim.html.j2", claim=fields, rows=claim_rows(claim), findings=told)


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


def _queries(state: State) -> Any:
    """The questions of a claim that differs from its record; none where nothing is billed."""
    claim = verified(state, ask=True)
    dumped = [each.model_dump(mode="json") for each in claim.queries] if claim else []
    return cleaned([{**each, "asks": ASKED[each["kind"]]} for each in dumped])
