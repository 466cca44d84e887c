"""Small table files in the layouts that CMS publishes, made up by the tests."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

NOTICE = "Codes and descriptors are © of their publisher – all rights reserved"

Pair = tuple[str, str, str, str, str]
"""Column 1, column 2, effective date, deletion date or `*`, indicator."""


def pairs_text(pairs: Iterable[Pair], end: str = "\r\n") -> bytes:
    """The text of NCCI pairs: notices, headings in two rows, tab separated, latin-1."""
    lines = [
        NOTICE,
        "",
        "Column1/Column2 Edits\t\t\t\t\t\t",
        "\t\t*=in existence\t\tDeletion\tModifier\t",
        "\t\tprior to 1996\tEffective Date\tDate\t0=not allowed\tPTP Edit Rationale",
        "Column 1\tColumn 2\t\t\t*=no data\t1=allowed 9=not applicable\t",
    ]
    for one, two, begun, ended, indicator in pairs:
        lines.append(f"{one}\t{two}\t \t{begun}\t{ended}\t{indicator}\tMade-up rationale é")
    return (end.join(lines) + end).encode("latin-1", "replace")


def limits_csv(
    rows: Iterable[tuple[str, int, int]], setting: str = "Practitioner", notes: Sequence[str] = ()
) -> bytes:
    """The CSV of MUE: a notice, a heading with a line break in a cell, and notes at the end."""
    lines = [
        f'"{NOTICE}",,,',
        f'HCPCS/CPT Code,{setting} Services MUE Values,"MUE Adjudication\nIndicator",MUE Rationale',
    ]
    words = {1: "Line Edit", 2: "Date of Service Edit: Policy", 3: "Date of Service Edit: Clinical"}
    lines += [f"{code},{units},{kind} {words[kind]},Made up" for code, units, kind in rows]
    return ("\r\n".join([*lines, *notes]) + "\r\n").encode("cp1252")


def addon_text(rows: Iterable[tuple[str, str, str]]) -> bytes:
    """The fixed text of add-on codes: add-on, primary at column 12, what else there is."""
    return "".join(f"{one:<11}{two:<5} {rest}\r\n" for one, two, rest in rows).encode()


def workbook(path: Path, rows: Iterable[Sequence[object]]) -> Path:
    """A workbook of one sheet."""
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("table")
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


def archive(path: Path, members: Mapping[str, bytes]) -> Path:
    """A zip archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return path


def file(path: Path, content: bytes) -> Path:
    """A file of its own."""
    path.write_bytes(content)
    return path


def hcpcs_text(rows: Iterable[tuple[str, str, str, str, str]]) -> bytes:
    """The fixed text of HCPCS: code, added, effective, ended, action; long texts go on a line."""
    lines = []
    for number, (code, added, effective, ended, action) in enumerate(rows, 1):
        first = f"{code}{number * 100:05d}3{'Injection, made up drug':<80}{'Made up':<28}"
        line = f"{first:<268}{added:<8}{effective:<8}{ended:<8}{action:<1}"
        lines.append(f"{line:<320}")
        lines.append(f"{code}{number * 100 + 10:05d}4{'and its continuation':<80}{'':<228}")
    lines.append(f"   A100010 7{'a modifier':<80}{'':<228}")
    return ("\r\n".join(lines) + "\r\n").encode("latin-1")


def limit_prices(rows: Iterable[tuple[str, str, str]], effective: str) -> bytes:
    """The CSV of Part B payment limits: eight heading rows, the header in row nine."""
    lines = ["Payment Limits for Medicare Part B Drugs,,,,", f'"Effective {effective}",,,,']
    lines += [f'"Note {number}: words of the publisher, made up",,,,' for number in range(6)]
    lines.append(
        "HCPCS Code,Short Description,HCPCS Code Dosage,Payment Limit,Co-insurance Percentage,Notes"
    )
    lines += [f'{code},Words é,{dose},"{limit}",20.0,' for code, dose, limit in rows]
    return ("\r\n".join([*lines, ",,,,,", '"End notes, made up",,,,,']) + "\r\n").encode("latin-1")


FEE_COLUMNS = (
    "HCPCS,MOD,DESCRIPTION,STATUS CODE,NOT USED FOR MEDICARE PAYMENT,WORK RVU,NON-FAC PE RVU,"
    "NON-FAC NA INDICATOR,FACILITY PE RVU,FACILITY NA INDICATOR,MP RVU,NON-FACILITY TOTAL,"
    "FACILITY TOTAL,PCTC IND,GLOB DAYS,PRE OP,INTRA OP,POST OP,MULT PROC,BILAT SURG,ASST SURG,"
    "CO-SURG,TEAM SURG,ENDO BASE,CONV FACTOR,PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES,"
    "CALCULATION FLAG,DIAGNOSTIC IMAGING FAMILY INDICATOR,NON-FACILITY PE USED FOR OPPS,"
    "FACILITY PE USED FOR OPPS,MP USED FOR OPPS"
)

Fee = tuple[str, str, str, str, str, str]
"""Code, modifier, status, total units in the office, in a facility, conversion factor."""


def fees_csv(rows: Iterable[Fee], year: int = 2025, *, stacked: bool = False) -> bytes:
    """The CSV of the fee schedule: nine heading rows, the header in one row or in several."""
    columns = FEE_COLUMNS.split(",")
    factor = columns.index("CONV FACTOR")
    if year >= 2026:
        columns.insert(columns.index("ENDO BASE"), "PRIC IND")
        factor += 1
    blank = "," * (len(columns) - 1)
    lines = [f"{year} National Fee Schedule, made up{blank}", f'"{NOTICE}"{blank}']
    lines += [blank] * (7 - (1 if stacked else 0))
    if stacked:
        words = [name.rpartition(" ") for name in columns]
        lines.append(",".join(head for head, _, _ in words))
        lines.append(",".join(last for _, _, last in words))
    else:
        lines.append(",".join(columns))
    for code, modifier, status, office, hospital, amount in rows:
        cells = ["0.00"] * len(columns)
        cells[:4] = [code, modifier, "Words, made up", status]
        cells[2] = '"Words, made up"'
        cells[4] = cells[7] = cells[9] = ""
        cells[11], cells[12], cells[factor] = office, hospital, amount
        lines.append(",".join(cells))
    return ("\r\n".join(lines) + "\r\n").encode("latin-1", "replace")


def addendum_b(rows: Iterable[tuple[str, str, str, str]]) -> bytes:
    """The CSV of OPPS Addendum B: four heading rows; code, status, group, rate."""
    lines = ["Addendum B.-Final OPPS Payment by HCPCS Code,,,,,,", f'"{NOTICE}",,,,,,', ",,,,,,"]
    lines.append(",,,,,,")
    lines.append(
        "HCPCS Code,Short Descriptor,SI,APC,Relative Weight,Payment Rate,"
        "National Unadjusted Copayment"
    )
    lines += [f'{code},"Words",{si},{apc},1.0,"{rate}",' for code, si, apc, rate in rows]
    return ("\r\n".join(lines) + "\r\n").encode("latin-1", "replace")


def addendum_a(rows: Iterable[tuple[str, str, str]]) -> bytes:
    """The CSV of OPPS Addendum A: group, status, rate."""
    lines = ["Addendum A.-OPPS APCs,,,,,", f'"{NOTICE}",,,,,']
    lines.append("APC,Group Title,SI,Relative Weight,Payment Rate,Copayment")
    lines += [f'{apc},"Words, made up",{si},1.0,{rate},' for apc, si, rate in rows]
    return ("\r\n".join(lines) + "\r\n").encode("latin-1", "replace")
