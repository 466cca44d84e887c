"""Owns the reader of kind `hl7`: its options, its messages in order, its encounters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from infusion_asp.ingest.common import Converted, Dropped, Item, Kind, Tally, origin_of
from infusion_asp.ingest.common.chosen import chosen
from infusion_asp.ingest.common.opened import opened
from infusion_asp.ingest.hl7 import terms, values
from infusion_asp.ingest.hl7.administrations import administrations
from infusion_asp.ingest.hl7.charges import charges
from infusion_asp.ingest.hl7.framing import Fault, Line, messages
from infusion_asp.ingest.hl7.message import Segment, parse
from infusion_asp.ingest.hl7.pieces import GIVEN, Choices, Refused, Visit
from infusion_asp.ingest.hl7.store import Kept, Store
from infusion_asp.model import terms as model_terms
from infusion_asp.model.errors import InputError, shown

_CHOICES = {
    "equal_end": ("missing", "zero"),
    "inpatient": ("no", "yes"),
    "encounter": ("visit", "account"),
    "setting": model_terms.SETTINGS,
}
_MOST_DIAGNOSES = 500


def read(sources: Sequence[Path], options: Mapping[str, str], tally: Tally) -> Iterator[Item]:
    """One encounter for each visit of all messages, and what is dropped.

    Options: `equal_end` (an end equal to the start is `missing` or `zero` minutes), `inpatient`
    (`yes` keeps messages of inpatients), `encounter` (`visit`: PV1-19, else PID-18; `account`:
    PID-18, else PV1-19), `setting`, `payer`, `routes` (`CODE=route,CODE=route`). Raises
    InputError for an option that is not known and a file that cannot be read.
    """
    given = chosen(options, _CHOICES, ("payer", "routes"))
    choices = _choices(given)
    header: dict[str, str] = {name: given[name] for name in ("setting", "payer") if name in given}
    with closing(Store()) as store:
        for source in sources:
            file = source.name if str(source) != "-" else "standard input"
            with opened(source) as stream:
                for message in messages(stream):
                    yield from _message(message, file, choices, tally, store)
        for id, arrival, departure, kept, number in store.visits():
            if number > len(kept):
                yield Dropped("visit_too_large", kept[0].place, number)
                continue
            yield _encounter(id, arrival, departure, kept, header)


KIND = Kind("hl7", "administrations and charges", read)


def _message(
    message: list[Line] | Fault, file: str, choices: Choices, tally: Tally, store: Store
) -> Iterator[Dropped]:
    if isinstance(message, Fault):
        tally.see()
        yield Dropped(message.reason, _place(file, message), help=message.help)
        return
    try:
        segments = list(parse(message))
    except ValueError:
        tally.see()
        help = "MSH-1 and MSH-2 name five distinct separators"
        yield Dropped("bad_separators", _place(file, message[0]), help=help)
        return
    kind = segments[0].text(9).upper()
    if kind not in ("RAS", "DFT"):
        tally.see()
        yield Dropped("message_of_another_type", _place(file, message[0]), fault=False)
        return
    counted = [each for each in segments if each.name == ("RXA" if kind == "RAS" else "FT1")]
    visit = _visit(segments, choices)
    if isinstance(visit, str) or not counted:
        reason = visit if isinstance(visit, str) else "message_without_content"
        tally.see(max(1, len(counted)))
        fault = reason != "inpatient"
        yield Dropped(reason, _place(file, message[0]), max(1, len(counted)), fault)
        return
    found = administrations(segments, visit, choices) if kind == "RAS" else charges(segments, visit)
    for piece in found:
        tally.see()
        place = _place(file, piece)
        if isinstance(piece, Refused):
            yield Dropped(piece.reason, place, fault=piece.fault, help=piece.help)
        else:
            yield from store.take(piece, file, place)


def _visit(segments: Sequence[Segment], choices: Choices) -> Visit | str:
    """The visit of a message, or the reason that it is left out."""
    pv1 = next((each for each in segments if each.name == "PV1"), None)
    pid = next((each for each in segments if each.name == "PID"), None)
    if pv1 is not None and pv1.text(2).upper() == terms.INPATIENT and not choices.keep_inpatient:
        return "inpatient"
    numbers = [pv1.text(19) if pv1 else "", pid.text(18) if pid else ""]
    if choices.by_account:
        numbers.reverse()
    id = next((each for each in numbers if each), "")
    if not id or len(id) > 200:
        return "no_visit_number"
    times: list[str | None] = []
    for index in (44, 45):
        try:
            times.append(values.clock(pv1.text(index)) if pv1 and pv1.text(index) else None)
        except ValueError:
            times.append(None)
    return Visit(id, times[0], times[1])


def _encounter(
    id: str, arrival: str | None, departure: str | None, kept: list[Kept], header: dict[str, str]
) -> Converted:
    found: dict[str, Any] = {"encounter_id": id, **header}
    notes = [note for piece in kept for note in piece.notes]
    if arrival:
        found["arrival"] = arrival
    if departure and (not arrival or departure >= arrival):
        found["departure"] = departure
    given = [piece for piece in kept if piece.kind == GIVEN]
    billed = [piece for piece in kept if piece.kind != GIVEN]
    codes = dict.fromkeys(code for piece in billed for code in piece.data.pop("diagnoses"))
    if codes:
        found["diagnoses"] = list(codes)[:_MOST_DIAGNOSES]
    sites = list(dict.fromkeys(p.data["access"] for p in given if "access" in p.data))
    if sites:
        found["accesses"] = [
            {"id": site, "kind": "central" if site in terms.CENTRAL else "peripheral"}
            for site in sites
        ]
    if given:
        found["administrations"] = [
            {"id": f"a{rank}", **piece.data, "origin": origin_of(piece.file, [piece.number])}
            for rank, piece in enumerate(given, 1)
        ]
    if billed:
        found["billed"] = [
            {**piece.data, "origin": origin_of(piece.file, [piece.number])} for piece in billed
        ]
    if _one_clock(found):
        notes.append("offsets_left_out")
    return Converted(found, len(kept), kept[0].place, tuple(notes))


def _one_clock(encounter: dict[str, Any]) -> bool:
    """Leave out the offsets where some times have none, since the format mixes no clocks."""
    parts = [encounter, *encounter.get("administrations", ())]
    names = ("arrival", "departure", "start", "stop")
    times = [(part, name) for part in parts for name in names if name in part]
    offsets = {len(part[name]) > 16 for part, name in times}
    if len(offsets) < 2:
        return False
    for part, name in times:
        part[name] = part[name][:16]
    for part in parts:
        if "start" in part and "stop" in part and part["stop"] < part["start"]:
            del part["stop"]
    if encounter.get("departure", "9") < encounter.get("arrival", ""):
        del encounter["departure"]
    return True


def _choices(given: Mapping[str, str]) -> Choices:
    routes: dict[str, str] = {}
    for each in filter(None, given.get("routes", "").split(",")):
        code, _, route = each.partition("=")
        if route.strip() not in model_terms.ROUTES or not code.strip():
            help = f"write CODE=route; routes are {', '.join(model_terms.ROUTES)}"
            raise InputError("routes", f"{shown(each)} maps no code to a route", help)
        routes[code.strip().upper()] = route.strip()
    return Choices(
        equal_end_is_missing=given["equal_end"] == "missing",
        keep_inpatient=given["inpatient"] == "yes",
        by_account=given["encounter"] == "account",
        routes=routes,
    )


def _place(file: str, piece: Any) -> str:
    return f"{file}: segment {piece.number}, byte {piece.position}"
