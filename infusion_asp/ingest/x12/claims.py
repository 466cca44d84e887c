"""Owns the way from the segments of 837 transactions to claims with their service lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from infusion_asp.ingest.x12 import terms
from infusion_asp.ingest.x12.envelope import Mark, Start
from infusion_asp.ingest.x12.segments import Fault, Segment, text_of

# CLM05 has three components, the last two of one character: the separator shows in it.
_OTHER_SEPARATOR = re.compile(r"[0-9A-Z]{2}([^0-9A-Za-z ])[AB]\1[0-9A-Z]")

MOST_LINES = 5000  # that the encounter format holds; 837 allows 999
MOST_DIAGNOSES = 500


@dataclass(slots=True)
class ServiceLine:
    """One service line as it stands on the claim; `last` is the number of its last segment."""

    number: int
    position: int
    last: int
    service: Segment | None = None
    dates: tuple[str, str] | None = None  # qualifier and date of DTP*472
    drug: tuple[str, str] | None = None  # qualifier and number of LIN
    amount: tuple[str, str] | None = None  # quantity and unit of CTP


@dataclass(slots=True)
class Claim:
    """One claim: who it is for, where it was done, what was billed; texts as they stand."""

    professional: bool
    number: int
    position: int
    control: str
    facility: str
    frequency: str
    filing: str  # claim filing indicator of the payer it is sent to
    component: str  # the component separator that it uses
    announced: bool = True  # whether that is the one that its ISA names
    record: str = ""  # medical record number
    statement: tuple[str, str] | None = None
    diagnoses: list[str] = field(default_factory=list)
    old_diagnoses: int = 0  # ICD-9
    lines: list[ServiceLine] = field(default_factory=list)
    further: int = 0  # lines beyond MOST_LINES
    cut_off: bool = False


def claims(events: Iterable[Segment | Fault | Start | Mark]) -> Iterator[Claim | Fault]:
    """The claims of all 837 transactions in order, one in memory at a time, and the faults.

    A transaction of another kind or version is one fault. A claim that a missing SE cuts off
    says so.
    """
    return _Reader().read(events)


class _Reader:
    def __init__(self) -> None:
        self._claim: Claim | None = None
        self._line: ServiceLine | None = None
        self._professional = True
        self._filing = ""
        self._other_payer = False
        self._handlers: dict[str, Callable[[Segment], None]] = {
            "SBR": self._subscriber,
            "REF": self._reference,
            "HI": self._health,
            "DTP": self._date,
            "LX": self._service_line,
            "SV1": self._service,
            "SV2": self._service,
            "LIN": self._drug,
            "CTP": self._drug_amount,
        }

    def read(self, events: Iterable[Segment | Fault | Start | Mark]) -> Iterator[Claim | Fault]:
        reading, last = False, 0
        handlers = self._handlers
        for event in events:
            if isinstance(event, Segment):
                if not reading:
                    continue
                last = event.number
                name = event.elements[0]
                handler = handlers.get(name)
                if handler is not None:
                    handler(event)
                elif name == "CLM" or name == "HL":
                    if self._claim is not None:
                        yield self._finished(event.number - 1)
                    if name == "CLM":
                        self._begin(event)
                    elif _at(event.elements, 3) != terms.PATIENT_LEVEL:
                        self._filing = ""
            elif isinstance(event, Fault):
                yield event
            elif isinstance(event, Start):
                version = terms.version_of(event.form)
                reading = event.transaction == terms.CLAIM and version is not None
                self._professional = version == "professional"
                self._filing = ""
                if not reading:
                    yield Fault(
                        "unsupported_transaction",
                        event.segment.number,
                        event.segment.position,
                        "837 of 005010X222 or 005010X223 is read",
                    )
            else:
                if self._claim is not None:
                    self._claim.cut_off = event is Mark.CUT_OFF
                    yield self._finished(last)
                reading = False

    def _begin(self, segment: Segment) -> None:
        elements = segment.elements
        component = segment.delimiters.component
        other = _OTHER_SEPARATOR.fullmatch(_at(elements, 5))
        announced = other is None or other[1] == component
        if other is not None and not announced:
            component = other[1]
        place = _at(elements, 5).split(component)
        self._claim = Claim(
            professional=self._professional,
            number=segment.number,
            position=segment.position,
            control=text_of(_at(elements, 1)).strip(),
            facility=place[0].strip(),
            frequency=_at(place, 2).strip(),
            filing=self._filing,
            component=component,
            announced=announced,
        )
        self._line = None
        self._other_payer = False

    def _finished(self, last: int) -> Claim:
        claim, self._claim, self._line = self._claim, None, None
        assert claim is not None
        if claim.lines:
            claim.lines[-1].last = last
        return claim

    def _subscriber(self, segment: Segment) -> None:
        """SBR: before the claim the payer it is sent to, inside it another payer."""
        if self._claim is None:
            self._filing = _at(segment.elements, 9).strip()
        else:
            self._other_payer = True

    def _reference(self, segment: Segment) -> None:
        claim = self._claim
        if claim is None or self._line is not None or self._other_payer:
            return
        if _at(segment.elements, 1) == terms.MEDICAL_RECORD:
            claim.record = text_of(_at(segment.elements, 2)).strip()

    def _health(self, segment: Segment) -> None:
        claim = self._claim
        if claim is None:
            return
        for element in segment.elements[1:]:
            parts = element.split(claim.component)
            if len(parts) < 2 or not parts[1].strip():
                continue
            if parts[0] in terms.DIAGNOSES:
                if len(claim.diagnoses) < MOST_DIAGNOSES:
                    claim.diagnoses.append(parts[1].strip())
            elif parts[0] in terms.OLD_DIAGNOSES:
                claim.old_diagnoses += 1

    def _date(self, segment: Segment) -> None:
        claim, elements = self._claim, segment.elements
        if claim is None or len(elements) < 4:
            return
        if self._line is not None:
            if elements[1] == terms.SERVICE_DATE:
                self._line.dates = elements[2], elements[3].strip()
        elif elements[1] == terms.STATEMENT_DATES:
            claim.statement = elements[2], elements[3].strip()

    def _service_line(self, segment: Segment) -> None:
        claim = self._claim
        if claim is None:
            return
        if self._line is not None:
            self._line.last = segment.number - 1
        self._line = ServiceLine(segment.number, segment.position, segment.number)
        if len(claim.lines) < MOST_LINES:
            claim.lines.append(self._line)
        else:
            claim.further += 1

    def _service(self, segment: Segment) -> None:
        line = self._line
        if line is not None and line.service is None:
            line.service = segment

    def _drug(self, segment: Segment) -> None:
        line = self._line
        if line is not None and line.drug is None:
            line.drug = _at(segment.elements, 2), _at(segment.elements, 3).strip()

    def _drug_amount(self, segment: Segment) -> None:
        line, claim = self._line, self._claim
        if claim is not None and line is not None and line.amount is None:
            unit = _at(segment.elements, 5).split(claim.component)[0]
            line.amount = _at(segment.elements, 4).strip(), unit.strip()


def _at(elements: list[str], index: int) -> str:
    return elements[index] if index < len(elements) else ""
