"""Owns RAS^O17: the administrations of its RXA, with the RXR and RXC that belong to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from infusion_asp.ingest.hl7 import terms, values
from infusion_asp.ingest.hl7.message import Segment
from infusion_asp.ingest.hl7.pieces import GIVEN, Choices, Piece, Refused, Visit
from infusion_asp.model import terms as model_terms

_NAMED_ROUTES = frozenset(model_terms.ROUTES)
_LONGEST = 500


@dataclass(slots=True)
class _Group:
    """RXA that stand together, with the RXR and RXC that follow them."""

    given: list[Segment] = field(default_factory=list)
    route: Segment | None = None
    parts: list[Segment] = field(default_factory=list)


def administrations(
    segments: Iterable[Segment], visit: Visit, choices: Choices
) -> Iterator[Piece | Refused]:
    """The administrations of one message in order; a route or component that stands with the
    order holds for all its administrations that have none of their own."""
    order, ordered = "", _Group()
    group = _Group()
    for segment in segments:
        name = segment.name
        if name == "ORC":
            yield from _pieces(group, ordered, order, visit, choices)
            group, ordered = _Group(), _Group()
            order = segment.text(3) or segment.text(2)
        elif name == "RXA":
            if group.route is not None or group.parts:
                yield from _pieces(group, ordered, order, visit, choices)
                group = _Group()
            group.given.append(segment)
        elif name in ("RXO", "RXE"):
            ordered = _Group()
        elif name == "RXR":
            own = group if group.given else ordered
            own.route = own.route or segment
        elif name == "RXC":
            (group if group.given else ordered).parts.append(segment)
    yield from _pieces(group, ordered, order, visit, choices)


def _pieces(
    group: _Group, ordered: _Group, order: str, visit: Visit, choices: Choices
) -> Iterator[Piece | Refused]:
    for given in group.given:
        yield _piece(given, group, ordered, order, visit, choices)


def _piece(
    given: Segment, group: _Group, ordered: _Group, order: str, visit: Visit, choices: Choices
) -> Piece | Refused:
    action = given.text(21).upper() or terms.ADD
    status = given.text(20).upper()
    counter = given.text(2).lstrip("0")
    what = "|".join((given.text(1), values.part(given.components(5), 0), given.text(3)))
    if action not in (terms.ADD, terms.UPDATE, terms.DELETE):
        return _refused(given, "unknown_action_code", help="RXA-21 is A, U or D")
    if action == terms.DELETE:
        return _made(given, action, order, counter, what, visit, {}, [])
    if status not in terms.GIVEN:
        known = status in ("RE", "NA")
        reason = "not_given" if known else "unknown_completion_status"
        if action == terms.ADD or not known:
            return _refused(given, reason, fault=not known)
        # An update to refused or not given takes the administration back.
        return _made(given, terms.DELETE, order, counter, what, visit, {}, [])
    route = _route(group.route or ordered.route, choices)
    if isinstance(route, str):
        return _refused(given, route, help="map a local code with --route CODE=route")
    notes: list[str] = []
    try:
        times = _times(given, choices, notes)
    except ValueError:
        return _refused(given, "bad_time")
    data = _drug(given, group, ordered, notes)
    if not data:
        return _refused(given, "no_drug")
    data |= route | times
    found, said = values.amount(given.text(6), given.components(7), given.text(12))
    notes += said
    data |= found
    if status == terms.PARTLY:
        notes.append("partly_given")
    return _made(given, action, order, counter, what, visit, data, notes)


def _made(
    given: Segment,
    action: str,
    order: str,
    counter: str,
    what: str,
    visit: Visit,
    data: dict[str, Any],
    notes: list[str],
) -> Piece:
    place = given.number, given.position
    return Piece(visit, GIVEN, action, order, counter, what, *place, data, tuple(notes))


def _refused(given: Segment, reason: str, *, fault: bool = True, help: str = "") -> Refused:
    return Refused(reason, given.number, given.position, fault, help)


def _times(given: Segment, choices: Choices, notes: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, index in (("start", 3), ("stop", 4)):
        text = given.text(index)
        time = values.clock(text) if text else None
        if time is not None:
            found[name] = time
        else:
            notes.append(f"{name}_without_clock_time" if text else f"{name}_missing")
    if "start" in found and "stop" in found:
        start, stop = found["start"], found["stop"]
        if stop == start and choices.equal_end_is_missing:
            del found["stop"]
            notes.append("end_equal_to_start")
        elif _before(stop, start):
            del found["stop"]
            notes.append("stop_before_start_left_out")
    return found


def _before(stop: str, start: str) -> bool:
    """Whether a stop lies before the start; without both offsets the clocks are compared."""
    one, other = datetime.fromisoformat(stop), datetime.fromisoformat(start)
    if (one.tzinfo is None) != (other.tzinfo is None):
        one, other = one.replace(tzinfo=None), other.replace(tzinfo=None)
    return one < other


def _route(segment: Segment | None, choices: Choices) -> dict[str, Any] | str:
    """Route, method and site of an RXR; or the reason that it says no route."""
    if segment is None:
        return "no_route"
    texts = [each for each in segment.components(1) if each]
    codes = [each.upper() for each in texts]
    local = next((choices.routes[code] for code in codes if code in choices.routes), None)
    known = next((terms.ROUTES[code] for code in codes if code in terms.ROUTES), None)
    folded = [each.lower().replace(" ", "_").replace("-", "_") for each in texts]
    named = next((each for each in folded if each in _NAMED_ROUTES), None)
    route = local or known or named
    if route is None:
        return "unknown_route" if texts else "no_route"
    found: dict[str, Any] = {"route": route}
    if route == "intravenous":
        said = [terms.METHODS.get(code.upper()) for code in segment.components(4)]
        said += [terms.DEVICES.get(code.upper()) for code in segment.components(3)]
        said += [terms.METHOD_OF_ROUTE.get(code) for code in codes]
        method = next((each for each in said if each), None)
        if method:
            found["method"] = method
        site = segment.text(2).upper()
        if site in terms.PERIPHERAL or site in terms.CENTRAL:
            found["access"] = site
    return found


def _drug(given: Segment, group: _Group, ordered: _Group, notes: list[str]) -> dict[str, Any]:
    """Drug or mix, code and category: the parts of a mixed bag stand in RXC."""
    code = given.components(5)
    found: dict[str, Any] = {}
    name = values.named(code)[:_LONGEST]
    parts = group.parts or ordered.parts
    additives = [part for part in parts if part.text(1).upper() == "A"]
    bases = [part for part in parts if part.text(1).upper() != "A"]
    names = [values.named(part.components(2))[:_LONGEST] for part in (*additives, *bases)]
    members = list(dict.fromkeys(each for each in names if each))[:50]
    if len(members) > 1:
        found["mix"] = members
    elif name or members:
        found["drug"] = name or members[0]
    billing = values.hcpcs(code)
    if billing:
        found["hcpcs"] = billing
    if values.has_system(code, terms.VACCINES):
        found["category"] = "vaccine"
    if found and not values.part(code, 1) and not values.part(code, 4) and "mix" not in found:
        notes.append("drug_named_by_code_only")
    return found
