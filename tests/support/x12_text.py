"""Owns 837 text for tests: encounters with billed lines written as interchanges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

USUAL = ("*", ":", "^", "~")
FORMS = {"professional": "005010X222A2", "facility": "005010X223A3"}


def claim_segments(encounter: Mapping[str, Any], component: str = ":") -> list[list[str]]:
    """The segments of one claim, from its HL to its last service line."""
    professional = encounter.get("setting", "facility") == "professional"
    filing = "MB" if encounter.get("payer") == "medicare" else "CI"
    if professional:
        place = component.join((f"{encounter.get('place_of_service', 11):02d}", "B", "1"))
    else:
        bill = encounter.get("type_of_bill", "131")
        place = component.join((bill[:2], "A", bill[2:]))
    found = [
        ["HL", "2", "1", "22", "0"],
        ["SBR", "P", "18", "", "", "", "", "", "", filing],
        ["NM1", "IL", "1", "DOE", "JO", "", "", "", "MI", "X1"],
        ["CLM", encounter["encounter_id"], "100", "", "", place, "Y", "A", "Y", "Y"],
    ]
    codes = [code.replace(".", "") for code in encounter.get("diagnoses", ())]
    for rank, code in enumerate(codes):
        found.append(["HI", component.join(("ABF" if rank else "ABK", code))])
    for rank, line in enumerate(encounter["billed"], 1):
        found.append(["LX", str(rank)])
        procedure = component.join(("HC", line["code"], *line.get("modifiers", ())))
        amount = ["100", "UN", str(line.get("units", 1))]
        service = (
            ["SV1", procedure, *amount] if professional else ["SV2", "0260", procedure, *amount]
        )
        found.append(service)
        if "date" in line:
            found.append(["DTP", "472", "D8", line["date"].replace("-", "")])
        if "ndc" in line:
            found.append(["LIN", "", "N4", line["ndc"]])
            unit = line.get("ndc_unit", "UN")
            found.append(["CTP", "", "", "", str(line.get("ndc_quantity", 1)), unit])
    return found


def transaction(body: Sequence[Sequence[str]], number: str, form: str) -> list[list[str]]:
    """A transaction set around segments, its count right."""
    head = [
        ["ST", "837", number, form],
        ["BHT", "0019", "00", "1", "20250303", "1200", "CH"],
        ["HL", "1", "", "20", "1"],
        ["NM1", "85", "2", "CLINIC", "", "", "", "", "XX", "1234567893"],
    ]
    whole = [*head, *body]
    return [*map(list, whole), ["SE", str(len(whole) + 1), number]]


def interchange(
    encounters: Iterable[Mapping[str, Any]],
    marks: tuple[str, str, str, str] = USUAL,
    *,
    form: str = "",
    end: str = "",
) -> str:
    """One interchange with a transaction for each encounter; `end` follows each terminator."""
    element, component, repetition, terminator = marks
    isa = ["ISA", "00", " " * 10, "00", " " * 10, "ZZ", "SENDER".ljust(15), "ZZ",
           "RECEIVER".ljust(15), "250303", "1200", repetition, "00501", "000000001", "0", "T",
           component]  # fmt: skip
    listed = list(encounters)
    setting = listed[0].get("setting", "facility") if listed else "facility"
    found = [isa, ["GS", "HC", "S", "R", "20250303", "1200", "7", "X", form or FORMS[setting]]]
    for rank, encounter in enumerate(listed, 1):
        own = form or FORMS[encounter.get("setting", "facility")]
        found += transaction(claim_segments(encounter, component), f"{rank:04d}", own)
    found += [["GE", str(len(listed)), "7"], ["IEA", "1", "000000001"]]
    return "".join(element.join(segment) + terminator + end for segment in found)
