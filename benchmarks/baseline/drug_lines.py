"""Drug lines: section 11 and the waste modifiers of M4."""

import math
import re
from fractions import Fraction
from functools import lru_cache

from .clock import day
from .context import Context
from .drugs import Drug, DrugTable
from .model import Line, Row

UNCLASSIFIED = ("J3490", "J3590", "J9999", "C9399")
SCALE = {
    "mcg": ("mass", Fraction(1, 1000)),
    "ug": ("mass", Fraction(1, 1000)),
    "mg": ("mass", Fraction(1)),
    "g": ("mass", Fraction(1000)),
    "gm": ("mass", Fraction(1000)),
    "ml": ("volume", Fraction(1)),
    "cc": ("volume", Fraction(1)),
    "l": ("volume", Fraction(1000)),
    "unit": ("unit", Fraction(1)),
    "units": ("unit", Fraction(1)),
    "iu": ("unit", Fraction(1)),
    "meq": ("meq", Fraction(1)),
    "ea": ("each", Fraction(1)),
    "each": ("each", Fraction(1)),
}
GONE = ("X5", "X6", "X11")


def unit_of(entry: Drug) -> tuple[str, Fraction] | None:
    """Dimension and size of a billing unit, from either layout of the table."""
    if entry.get("billing_amount"):
        name, amount = entry["billing_unit"].lower(), Fraction(entry["billing_amount"])
    else:
        found = re.match(r"(?:up to )?([\d.,]+) ?([a-z]+)", entry["billing_unit"].lower())
        if not found:
            return None
        name, amount = found.group(2), Fraction(found.group(1).replace(",", ""))
    if name not in SCALE:
        return None
    dimension, scale = SCALE[name]
    return dimension, amount * scale


def size_of(code: str, drugs: DrugTable) -> tuple[str, Fraction] | None:
    """Dimension and size of the billing unit of a code, None where the table has none."""
    if code not in drugs.sizes:
        entry = drugs.by_code.get(code)
        drugs.sizes[code] = unit_of(entry) if entry else None
    return drugs.sizes[code]


@lru_cache(maxsize=4096)
def exact(text: str) -> Fraction:
    """A decimal number as it is written."""
    return Fraction(text)


def amount_of(row: Row, field: str, dimension: str) -> Fraction | None:
    """A dose or waste in the base unit of a dimension."""
    value = row.raw.get(field)
    if value is None:
        if field == "dose" and dimension == "volume" and row.raw.get("volume_ml") is not None:
            return exact(str(row.raw["volume_ml"]))
        return None
    name = str(row.raw.get("dose_unit") or "").lower()
    if name not in SCALE or SCALE[name][0] != dimension:
        return None
    return exact(str(value)) * SCALE[name][1]


def units_for(amount: Fraction, size: Fraction) -> int:
    """Billing units, rounded up, at least one."""
    return max(1, math.ceil(amount / size))


def run(rows: list[Row], vaccines: set[str], first: int | None, ctx: Context) -> list[Line]:
    """All drug lines of the encounter."""
    groups: dict[tuple[str, str | None, str], list[Row]] = {}
    out: list[Line] = []
    unclassified: dict[tuple[str, str | None], dict[frozenset[str], list[Row]]] = {}
    for row in rows:
        code = row.raw.get("hcpcs")
        if not code or ctx.not_reported.get(row.id) in GONE:
            continue
        date = day(row.start if row.start is not None else first)
        if code in UNCLASSIFIED:
            if row.raw.get("dose") is not None:
                unclassified.setdefault((code, date), {}).setdefault(row.key, []).append(row)
            continue
        groups.setdefault((str(code), date, route_modifier(row, str(code), ctx)), []).append(row)
    for (code, date), drugs in unclassified.items():
        ids = tuple(r.id for same in drugs.values() for r in same)
        ctx.findings.add(f"unclassified drug code {code}")
        out.append(Line("drug", code, len(drugs), (), date, ids))
    for (code, date, route), same in groups.items():
        out += code_lines(code, date, route, same, vaccines, ctx)
    return out


def code_lines(
    code: str, date: str | None, route: str, same: list[Row], vaccines: set[str], ctx: Context
) -> list[Line]:
    """The lines of one code, date and route: given, and thrown away (M4)."""
    entry = ctx.drugs.by_code.get(code)
    size = size_of(code, ctx.drugs)
    if entry is None or size is None:
        return []
    dosed = [(r, amount_of(r, "dose", size[0])) for r in same]
    known = [(r, a) for r, a in dosed if a is not None]
    if not known:
        return []
    rows = [r for r, _ in known]
    ids = tuple(r.id for r in rows)
    given = sum((a for _, a in known), Fraction(0))
    units = units_for(given, size[1])
    base = (route,) if route else ()
    plain = Line("drug", code, units, base, date, ids)
    if not takes_waste(entry, rows, vaccines, ctx):
        return [plain]
    waste = [amount_of(r, "wasted", size[0]) for r in rows]
    uncharted = any(w is None for w in waste)
    if uncharted:
        ctx.findings.add(f"waste not charted: {code}")
    wasted = sum((w for w in waste if w is not None), Fraction(0))
    spare = units_for(given + wasted, size[1]) - units
    if spare <= 0 and uncharted:
        return [plain]
    if spare <= 0:
        return [Line("drug", code, units, tuple(sorted((*base, "JZ"))), date, ids)]
    return [plain, Line("drug", code, spare, tuple(sorted((*base, "JW"))), date, ids)]


def takes_waste(entry: Drug, rows: list[Row], vaccines: set[str], ctx: Context) -> bool:
    """Whether a drug line takes JW or JZ (M4)."""
    if not ctx.medicare or any(r.id in vaccines for r in rows):
        return False
    status = entry.get("opps_si", entry.get("opps_si_2025q4", ""))
    if not ctx.professional and status not in ("G", "K"):
        return False
    containers = {r.raw.get("container") or entry["container"] for r in rows}
    if "both" in containers:
        ctx.findings.add(f"container not charted: {entry['hcpcs']}")
    return bool(containers & {"single", "both"})


def route_modifier(row: Row, code: str, ctx: Context) -> str:
    """J3: JA and JB for a code that has both routes in the table, Medicare."""
    if not ctx.medicare:
        return ""
    if code not in ctx.drugs.both_routes:
        return ""
    return {"intravenous": "JA", "subcutaneous": "JB"}.get(row.route or "", "")
