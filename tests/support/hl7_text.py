"""Owns HL7 v2 text for tests: segments by the numbers of their fields, messages, frames."""

from __future__ import annotations

from collections.abc import Sequence

USUAL = "|^~\\&"


def segment(name: str, fields: dict[int, str], marks: str = USUAL) -> str:
    """A segment with the given fields, its components written with `^`."""
    last = max(fields, default=0)
    return marks[0].join([name, *(fields.get(index, "") for index in range(1, last + 1))])


def head(kind: str, marks: str = USUAL, *, charset: str = "") -> str:
    """An MSH."""
    fields = {
        1: marks[1:],
        6: "20250303120000",
        8: kind.replace("^", marks[1]),
        9: "1",
        10: "P",
        11: "2.5.1",
    }
    if charset:
        fields[17] = charset
    return segment("MSH", fields, marks)


def message(kind: str, *segments: str, marks: str = USUAL, charset: str = "") -> str:
    """A message with a visit V1, each segment ended with CR."""
    visit = segment("PV1", {2: "O", 19: "V1"}, marks)
    own = segments if any(each.startswith("PV1") for each in segments) else (visit, *segments)
    return "".join(each + "\r" for each in (head(kind, marks, charset=charset), *own))


def given(
    drug: str = "OND^Ondansetron^L",
    start: str = "202503031000",
    stop: str = "202503031030",
    *,
    amount: str = "4",
    unit: str = "mg",
    counter: str = "1",
    status: str = "CP",
    action: str = "A",
    per: str = "",
    marks: str = USUAL,
) -> str:
    """An RXA."""
    fields = {1: "0", 2: counter, 3: start, 4: stop, 5: drug, 6: amount, 7: unit, 12: per,
              20: status, 21: action}  # fmt: skip
    return segment("RXA", fields, marks)


def route(code: str = "IV", *, site: str = "", device: str = "", method: str = "") -> str:
    """An RXR."""
    return segment("RXR", {1: code, 2: site, 3: device, 4: method})


def order(number: str = "F1") -> str:
    """An ORC with a filler number."""
    return segment("ORC", {1: "RE", 3: number})


def charge(
    code: str = "96365",
    *,
    units: str = "1",
    date: str = "20250303",
    kind: str = "CG",
    modifiers: Sequence[str] = (),
) -> str:
    """An FT1 with a procedure code."""
    return segment("FT1", {4: date, 6: kind, 7: "123", 10: units, 25: f"{code}^^C4",
                           26: "~".join(modifiers)})  # fmt: skip


def framed(text: str) -> str:
    """A message in an MLLP frame."""
    return f"\x0b{text}\x1c\r"
