"""The layouts of codes and rates as CMS publishes them: HCPCS, ASP, fee schedule, OPPS."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from infusion_asp.tables.store.files import Head, Source
from infusion_asp.tables.store.layouts import (
    Cells,
    Columns,
    Layout,
    amount_of,
    code_of,
    coded_rows,
    day_of,
    header,
    patterns,
    plain,
)

_CENT = Decimal("0.01")

_HCPCS_DATES = slice(268, 276), slice(276, 284), slice(284, 292), slice(292, 293)
_HCPCS_RECORD, _HCPCS_FIRST, _HCPCS_KINDS = 10, "3", ("3", "4", "7", "8")
_HCPCS_LEAST = 119  # characters of a line up to the short text
_HCPCS = patterns(
    code=r"hcpcs?(code)?",
    record=r"recid|recordid.*",
    added=r"(code)?add(ed)?(dt|date)",
    effective=r"act(ion)?eff(ective)?(dt|date)",
    ended=r"term(ination)?(dt|date)",
    action=r"action(cd|code)",
)
_LIMITS = patterns(code=r"hcpcscode", dosage=r"hcpcscodedosage", limit=r"paymentlimit")
_LIMITS_LEAST = patterns(code=r"hcpcscode", limit=r"paymentlimit")
_ADDENDUM_B = patterns(
    code=r"hcpcs(cpt)?code|hcpcs", status=r"si|statusindicator", apc="apc", rate=r"paymentrate"
)
_ADDENDUM_A = patterns(
    apc="apc", title=r"(apc)?grouptitle", status=r"si|statusindicator", rate=r"paymentrate"
)
_QUALIFYING = re.compile(r"[_ -]qpp", re.IGNORECASE)
_FEE_WIDTH = 31  # columns of 2025; later years put one before the conversion factor
_FEE_STATUS, _FEE_OFFICE, _FEE_HOSPITAL, _FEE_FACTOR = 3, 11, 12, 24
_FEE_NOT_OFFICE, _FEE_NOT_HOSPITAL = 7, 9


def _hcpcs_line(line: str) -> bool:
    kind = line[_HCPCS_RECORD : _HCPCS_RECORD + 1]
    return (
        bool(code_of(line[:5]))
        and line[5:_HCPCS_RECORD].strip().isdigit()
        and kind in _HCPCS_KINDS
        and (kind != _HCPCS_FIRST or len(line) >= _HCPCS_LEAST)
    )


def _hcpcs_fits(source: Source, head: Head) -> bool:
    if header(head, _HCPCS) is not None:
        return True
    if source.suffix == ".xlsx":
        return False
    with source.lines() as lines:
        return any(_hcpcs_line(line) for line, _ in zip(lines, range(40), strict=False))


def _read_hcpcs(source: Source) -> Iterator[Cells | None]:
    columns = header(source.head(), _HCPCS)
    if columns is None:
        return _read_hcpcs_lines(source)
    return (row for row in _read_hcpcs_cells(source, columns) if row != ())


def _read_hcpcs_cells(source: Source, columns: Columns) -> Iterator[Cells | None]:
    def form(cell: Callable[[str], str]) -> Cells | None:
        if cell("record") != _HCPCS_FIRST:
            return ()
        return _hcpcs(cell("code"), cell("added"), cell("effective"), cell("ended"), cell("action"))

    return coded_rows(source, columns, "code", form)


def _read_hcpcs_lines(source: Source) -> Iterator[Cells | None]:
    with source.lines() as lines:
        for line in lines:
            if not code_of(line[:5]) or line[:5] != line[:5].strip():
                continue
            if not _hcpcs_line(line):
                yield None
            elif line[_HCPCS_RECORD] == _HCPCS_FIRST:
                yield _hcpcs(line[:5], *(line[part].strip() for part in _HCPCS_DATES))


def _hcpcs(code: str, added: str, effective: str, ended: str, action: str) -> Cells | None:
    days = [day_of(text) for text in (added, effective, ended)]
    if None in days or len(action) > 1:
        return None
    return code_of(code), *days, action


def _read_limits(source: Source) -> Iterator[Cells | None]:
    head = source.head()
    columns = header(head, _LIMITS) or header(head, _LIMITS_LEAST) or {}

    def form(cell: Callable[[str], str]) -> Cells | None:
        limit = _amount(cell("limit"))
        if limit is None:
            return None
        return code_of(cell("code")), cell("dosage") if "dosage" in columns else "", limit

    return coded_rows(source, columns, "code", form)


def _amount(text: str) -> str | None:
    """An amount as text, empty where none is published, None where it is no amount."""
    try:
        number = amount_of(text)
    except InvalidOperation:
        return None
    return "" if number is None else str(number)


def _fee_columns(head: Head) -> Columns | None:
    """The columns by the headings above each, which stand in several rows, or by their place."""
    for number, row in enumerate(head):
        if not row or plain(row[0]) not in ("hcpcs", "hcpcscode") or len(row) < _FEE_WIDTH:
            continue
        above = [each for each in head[: number + 1] if sum(1 for cell in each if cell) > 1]
        stacked = [
            "".join(plain(each[at]) for each in above if at < len(each)) for at in range(len(row))
        ]
        if not any("conv" in name for name in stacked) or not any("mod" in n for n in stacked):
            return None
        shift = max(0, sum(1 for name in stacked if name) - _FEE_WIDTH)
        return {
            "code": 0,
            "modifier": 1,
            "status": _named(stacked, r".*statuscode", _FEE_STATUS),
            "not_office": _named(stacked, r".*nonfacna(indicator)?", _FEE_NOT_OFFICE),
            "not_hospital": _named(
                stacked, r"(?!.*nonfac).*facilityna(indicator)?", _FEE_NOT_HOSPITAL
            ),
            "office": _named(stacked, r".*non(fac|facility)total", _FEE_OFFICE),
            "hospital": _named(stacked, r"(?!.*nonfac).*(fac|facility)total", _FEE_HOSPITAL),
            "factor": _named(stacked, r".*convfactor", _FEE_FACTOR + shift),
        }
    return None


def _named(names: list[str], pattern: str, otherwise: int) -> int:
    return next((at for at, name in enumerate(names) if re.fullmatch(pattern, name)), otherwise)


def _read_fees(source: Source) -> Iterator[Cells | None]:
    columns = _fee_columns(source.head()) or {}

    def form(cell: Callable[[str], str]) -> Cells | None:
        try:
            factor = Decimal(cell("factor") or 0)
            office = _fee(cell("office"), factor, cell("not_office"))
            hospital = _fee(cell("hospital"), factor, cell("not_hospital"))
        except InvalidOperation:
            return None
        status = cell("status")
        if len(status) != 1 or not status.isalpha():
            return None
        return code_of(cell("code")), cell("modifier").upper(), status.upper(), office, hospital

    return coded_rows(source, columns, "code", form)


def _fee(units: str, factor: Decimal, not_there: str) -> str:
    """Relative value units in US dollars; empty where the code has none in that place."""
    number = Decimal(units or 0)
    if not number or not factor or not_there.upper() == "NA":
        return ""
    return str((number * factor).quantize(_CENT, ROUND_HALF_UP))


def _addendum(source: Source, head: Head) -> str:
    if header(head, _ADDENDUM_B) is not None:
        return "B"
    return "A" if header(head, _ADDENDUM_A) is not None else ""


def _read_addendum(source: Source) -> Iterator[Cells | None]:
    head = source.head()
    columns = header(head, _ADDENDUM_B)
    if columns is not None:
        return _read_codes(source, columns)
    return _read_groups(source, header(head, _ADDENDUM_A) or {})


def _read_codes(source: Source, columns: Columns) -> Iterator[Cells | None]:
    def form(cell: Callable[[str], str]) -> Cells | None:
        rate = _amount(cell("rate"))
        if rate is None or not re.fullmatch(r"([A-Z]\d?)?", cell("status").upper()):
            return None
        return (
            code_of(cell("code")),
            cell("apc").zfill(4) if cell("apc") else "",
            cell("status").upper(),
            rate,
        )

    return coded_rows(source, columns, "code", form)


def _read_groups(source: Source, columns: Columns) -> Iterator[Cells | None]:
    with source.rows() as rows:
        for row in rows:
            if len(row) <= max(columns.values()) or not row[columns["apc"]].isdigit():
                continue
            rate = _amount(row[columns["rate"]])
            if rate is None:
                yield None
            else:
                yield "", row[columns["apc"]].zfill(4), row[columns["status"]].upper(), rate


RATES = (
    Layout(
        kind="hcpcs",
        title="HCPCS level II codes",
        table="code TEXT, added INTEGER, effective INTEGER, ended INTEGER, action TEXT, "
        "PRIMARY KEY (code)",
        fits=_hcpcs_fits,
        read=_read_hcpcs,
    ),
    Layout(
        kind="asp",
        title="Part B payment limits",
        table="code TEXT, dosage TEXT, amount TEXT, PRIMARY KEY (code)",
        fits=lambda source, head: header(head, _LIMITS_LEAST) is not None,
        read=_read_limits,
    ),
    Layout(
        kind="pfs",
        title="physician fee schedule",
        table="code TEXT, modifier TEXT, status TEXT, amount TEXT, in_facility TEXT, "
        "PRIMARY KEY (code, modifier)",
        fits=lambda source, head: _fee_columns(head) is not None,
        read=_read_fees,
    ),
    Layout(
        kind="opps",
        title="outpatient payment rates",
        table="code TEXT, apc TEXT, status TEXT, amount TEXT, PRIMARY KEY (code, apc)",
        fits=lambda source, head: bool(_addendum(source, head)),
        read=_read_addendum,
        part=lambda source: _addendum(source, source.head()),
    ),
)


def for_others(source: Source) -> bool:
    """Whether a fee schedule file is the one of another conversion factor (qualifying groups)."""
    return bool(_QUALIFYING.search(source.stem))
