"""Neighbours of the section: N1 to N5 of section 9, and the port flush of X1."""

import re

from .clock import day, minute
from .context import Context
from .drugs import squeeze
from .model import Row

LAST = 10**9
TWO_HOURS_AND_HALF = 151
HOUR = 60
SECTION = "neighbour"
SWALLOWED = ("oral", "nasal", "intranasal")

MEDICARE_VACCINES = (
    (r"influenza|\bflu\b", "G0008"),
    (r"pneumococcal", "G0009"),
    (r"hepatitis b|\bhep b\b", "G0010"),
)


def by_date(rows: list[Row], first: int | None) -> dict[str | None, list[Row]]:
    """Rows by date of service, in clock order."""
    out: dict[str | None, list[Row]] = {}
    for row in sorted(rows, key=lambda r: (LAST if r.start is None else r.start, r.order)):
        out.setdefault(day(row.start if row.start is not None else first), []).append(row)
    return out


def vaccines(rows: list[Row], first: int | None, ctx: Context) -> None:
    """N1: COVID-19, Medicare's own, counselled, else first and further."""
    for same in by_date(rows, first).values():
        once: dict[str, list[Row]] = {}
        counselled: list[Row] = []
        injected: list[Row] = []
        swallowed: list[Row] = []
        for row in same:
            name = squeeze(str(row.raw.get("drug") or ""))
            special = next((c for p, c in MEDICARE_VACCINES if re.search(p, name)), None)
            if re.search(r"covid|sars-cov", name):
                ctx.earn("90480", row.start, [row.id], section=SECTION, visit=row.visit)
            elif ctx.medicare and special:
                once.setdefault(special, []).append(row)
            elif ctx.professional and row.raw.get("counselled") is True:
                counselled.append(row)
            elif row.route in SWALLOWED or row.method == "oral":
                swallowed.append(row)
            else:
                injected.append(row)
        for code, given in once.items():
            ctx.earn(code, given[0].start, [r.id for r in given], section=SECTION)
        for row in counselled:
            ctx.earn("90460", row.start, [row.id], section=SECTION)
            for _ in (row.raw.get("mix") or [])[1:]:
                ctx.earn("90461", row.start, [row.id], section=SECTION)
        for number, row in enumerate(injected):
            ctx.earn("90472" if number else "90471", row.start, [row.id], section=SECTION)
        beside = len(same) > len(swallowed)
        for row in swallowed:
            ctx.earn("90474" if beside else "90473", row.start, [row.id], section=SECTION)
            beside = True


def blood(rows: list[Row], first: int | None, ctx: Context) -> None:
    """N2: once a date."""
    for same in by_date(rows, first).values():
        ctx.earn("36430", same[0].start, [r.id for r in same], section=SECTION)


def allergens(rows: list[Row], first: int | None, ctx: Context) -> None:
    """N3: one injection or more, by date."""
    for same in by_date(rows, first).values():
        code = "95115" if len(same) == 1 else "95117"
        ctx.earn(code, same[0].start, [r.id for r in same], section=SECTION)


def home(given: dict[str, list[str]], rows: list[Row], ctx: Context) -> None:
    """N4: the visits of a home encounter, each with the administrations that belong there."""
    for visit, ids in given.items():
        if ctx.medicare:
            ctx.findings.add("home infusion: G0068-G0070, G0088-G0090")
            ctx.drop(ids, "N4")
            continue
        begin, end = stay(visit, rows, ctx)
        minutes = 0 if begin is None or end is None else end - begin
        begin = min((r.start for r in rows if r.id in ids and r.start is not None), default=begin)
        ctx.earn("99601", begin, ids, section=SECTION)
        for _ in range(TWO_HOURS_AND_HALF, minutes + 1, HOUR):
            ctx.earn("99602", begin, ids, section=SECTION)


def stay(visit: str, rows: list[Row], ctx: Context) -> tuple[int | None, int | None]:
    """Arrival and departure of a visit, else its first start and last stop."""
    own = ctx.visits.get(visit, {})
    outer = ctx.encounter if len(ctx.visits) < 2 else {}
    arrival = minute(own.get("arrival") or outer.get("arrival"))
    departure = minute(own.get("departure") or outer.get("departure"))
    if arrival is not None and departure is not None:
        return arrival, departure
    here = [r for r in rows if r.visit == visit]
    starts = [r.start for r in here if r.start is not None]
    stops = [r.stop for r in here if r.stop is not None]
    return min(starts, default=None), max(stops, default=None)


def run(kept: dict[str, list[Row]], first: int | None, ctx: Context) -> None:
    """N1 to N3 (policy neighbour_services is applied when lines are made)."""
    vaccines(kept.get("vaccine", []), first, ctx)
    blood(kept.get("blood", []), first, ctx)
    allergens(kept.get("allergen", []), first, ctx)


def port_flush(
    rows: list[Row], first: int | None, drug_dates: set[str | None], ctx: Context
) -> None:
    """X1: 96523 once, for a port, where nothing else stands on the claim of the date."""
    kinds = {str(a["id"]): a.get("kind") for a in ctx.encounter.get("accesses") or []}
    silent = ctx.policies["neighbour_services"] == "point_out"
    others = [u for u in ctx.earned if not (silent and u.section == SECTION)]
    taken = {day(u.minute if u.minute is not None else first) for u in others} | drug_dates
    taken_off = {r.visit for r in rows if r.method == "pump_disconnect"}
    for row in rows:
        flush = row.method == "flush" or row.raw.get("purpose") == "flush"
        if not flush or ctx.not_reported.get(row.id) != "X1" or row.visit in taken_off:
            continue
        date = day(row.start if row.start is not None else first)
        if kinds.get(row.access) != "port" or ctx.encounter.get("other_services"):
            continue
        if date in taken:
            continue
        taken.add(date)
        ctx.earn("96523", row.start, [row.id])
        del ctx.not_reported[row.id]
