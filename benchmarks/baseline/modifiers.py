"""Lines and their modifiers: U1, U2, M2, M3 and the modifier policies of section 13."""

from collections.abc import Iterable

from .clock import day
from .context import Context, edits
from .model import Earned, Line

DISTINCT = {"59", "XE", "XS", "XP", "XU"}
INJECTIONS = ("96372", "96401", "96402")
SETTINGS = {
    True: ("professional", "practitioner"),
    False: ("facility", "outpatient_hospital"),
}


def further_injections(units: list[Earned], first: int | None, ctx: Context) -> None:
    """Policy further_injection_modifier: the second and further injection of a date."""
    if ctx.policies["further_injection_modifier"] == "off":
        return
    value = "59" if ctx.policies["distinct_service_modifier"] == "59" else "XS"
    seen: set[tuple[str, str | None]] = set()
    for unit in sorted(units, key=lambda u: (u.minute is None, u.minute or 0)):
        if unit.code not in INJECTIONS:
            continue
        where = (unit.code, day(unit.minute if unit.minute is not None else first))
        if where in seen:
            unit.modifiers.add(value)
        seen.add(where)


def hydration(units: list[Earned], first: int | None, ctx: Context) -> None:
    """Policy hydration_modifier: 96360 beside a transfusion, 96361 as the first hydration code."""
    if ctx.policies["hydration_modifier"] == "off":
        return
    transfused = {
        day(u.minute if u.minute is not None else first) for u in units if u.code == "36430"
    }
    initial = {i for u in units if u.code == "96360" for i in u.ids}
    for unit in units:
        if unit.modifiers & DISTINCT:
            continue
        if unit.code == "96360" and day(unit.minute) in transfused:
            unit.modifiers.add("59")
        if unit.code == "96361" and not initial & set(unit.ids):
            unit.modifiers.add("59")


def lines(units: Iterable[Earned], first: int | None, ctx: Context) -> list[Line]:
    """U1: units of one code, modifiers and date are one line."""
    out: dict[tuple[str, str, tuple[str, ...], str | None], list[Earned]] = {}
    for unit in units:
        date = day(unit.minute if unit.minute is not None else first)
        key = (unit.section, unit.code, tuple(sorted(unit.modifiers)), date)
        out.setdefault(key, []).append(unit)
    made = []
    for (section, code, modifiers, date), same in out.items():
        ids = tuple(dict.fromkeys(i for u in same for i in u.ids))
        made.append(Line(section, code, sum(u.units for u in same), modifiers, date, ids))
    return sorted(made, key=lambda x: (x.date or "", x.section, x.code, x.modifiers))


def ncci(units: list[Earned], first: int | None, ctx: Context) -> None:
    """M2: the column 2 line of a pair with indicator 1 takes the modifier."""
    if ctx.policies["ncci_modifiers"] == "off":
        return
    value = "59" if ctx.policies["distinct_service_modifier"] == "59" else "XU"
    names = SETTINGS[ctx.professional]
    made = lines(units, first, ctx)
    codes = {line.code for line in made}
    known = edits(ctx.tables)
    hit: set[tuple[str, tuple[str, ...], str | None]] = set()
    for one in made:
        for column2, start, end in (e for n in names for e in known.get(n, {}).get(one.code, ())):
            if column2 not in codes:
                continue
            if (start and one.date and one.date < start) or (end and one.date and one.date >= end):
                continue
            for other in made:
                if other.code != column2 or other.date != one.date:
                    continue
                if set(other.administrations) <= set(one.administrations):
                    continue
                if not set(other.modifiers) & DISTINCT:
                    hit.add((other.code, other.modifiers, other.date))
    if not hit:
        return
    for unit in units:
        date = day(unit.minute if unit.minute is not None else first)
        if (unit.code, tuple(sorted(unit.modifiers)), date) in hit:
            unit.modifiers.add(value)


def run(units: list[Earned], first: int | None, ctx: Context) -> list[Line]:
    """All administration and neighbour lines."""
    further_injections(units, first, ctx)
    hydration(units, first, ctx)
    if ctx.policies["neighbour_services"] == "point_out":
        for unit in units:
            if unit.section == "neighbour":
                ctx.findings.add(f"neighbour {unit.code}")
                ctx.drop(unit.ids, "neighbour_services")
        units = [u for u in units if u.section != "neighbour"]
    ncci(units, first, ctx)
    return lines(units, first, ctx)
