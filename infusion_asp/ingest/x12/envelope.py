"""Owns the envelopes of X12: interchange, group and transaction, and whether they add up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from infusion_asp.ingest.x12.segments import Fault, Segment

_OPENING = {"ISA", "GS", "ST"}
_CLOSING = {"SE", "GE", "IEA"}


class Mark(Enum):
    """Where a transaction ends: as it should, or cut off."""

    END = "end"
    CUT_OFF = "cut_off"


@dataclass(frozen=True, slots=True)
class Start:
    """A transaction set begins; `form` is the implementation guide it names."""

    transaction: str
    form: str
    segment: Segment


def contents(events: Iterable[Segment | Fault]) -> Iterator[Segment | Fault | Start | Mark]:
    """The segments inside transactions, each transaction between a Start and a Mark.

    Wrong counts and control numbers are faults; the contents are kept all the same. A
    transaction that ends without an SE is CUT_OFF.
    """
    return _Envelope().read(events)


class _Envelope:
    def __init__(self) -> None:
        self._open: dict[str, Segment] = {}
        self._groups = 0
        self._transactions = 0
        self._version = ""

    def read(self, events: Iterable[Segment | Fault]) -> Iterator[Segment | Fault | Start | Mark]:
        for event in events:
            if isinstance(event, Fault):
                if event.reason == "interchange_not_closed":
                    yield from self._abandon()
                yield event
                continue
            name = event.elements[0]
            if name in _OPENING:
                yield from self._opening(name, event)
            elif name in _CLOSING:
                yield from self._closing(name, event)
            elif "ST" in self._open or name == "TA1":
                yield event
            else:
                yield _fault("segment_outside_transaction", event)
        yield from self._abandon()

    def _opening(self, name: str, segment: Segment) -> Iterator[Fault | Start | Mark]:
        if "ST" in self._open:
            del self._open["ST"]
            yield Mark.CUT_OFF
            yield _fault("transaction_not_closed", segment, "an SE is missing before it")
        if name == "GS":
            if "GS" in self._open:
                yield _fault("group_not_closed", segment, "a GE is missing before it")
            self._transactions = 0
            self._version = _element(segment, 8)
            self._groups += 1
        elif name == "ISA":
            self._groups = 0
        self._open[name] = segment
        if name == "ST":
            if "GS" not in self._open:
                yield _fault("transaction_outside_group", segment, "a GS is missing before it")
            self._transactions += 1
            form = _element(segment, 3) or self._version
            yield Start(_element(segment, 1), form.strip(), segment)

    def _closing(self, name: str, segment: Segment) -> Iterator[Fault | Mark]:
        opening = {"SE": "ST", "GE": "GS", "IEA": "ISA"}[name]
        if name != "SE" and "ST" in self._open:
            del self._open["ST"]
            yield Mark.CUT_OFF
            yield _fault("transaction_not_closed", segment, "an SE is missing before it")
        if name == "IEA" and "GS" in self._open:
            del self._open["GS"]
            yield _fault("group_not_closed", segment, "a GE is missing before it")
        began = self._open.pop(opening, None)
        if began is None:
            yield _fault("end_without_beginning", segment, f"{name} closes no {opening}")
            return
        if name == "SE":
            yield Mark.END
        own, count = {
            "SE": (_element(began, 2), segment.number - began.number + 1),
            "GE": (_element(began, 6), self._transactions),
            "IEA": (_element(began, 13), self._groups),
        }[name]
        if _element(segment, 1).strip().lstrip("0") != (str(count) if count else ""):
            yield _fault("count_wrong", segment, f"{name}01 is not the number of its parts")
        if _element(segment, 2).strip() != own.strip():
            yield _fault(
                "control_number_differs", segment, f"{name}02 is not that of its {opening}"
            )

    def _abandon(self) -> Iterator[Mark]:
        if self._open.pop("ST", None):
            yield Mark.CUT_OFF
        self._open.clear()


def _element(segment: Segment, index: int) -> str:
    return segment.elements[index] if index < len(segment.elements) else ""


def _fault(reason: str, segment: Segment, help: str = "") -> Fault:
    return Fault(reason, segment.number, segment.position, help)
