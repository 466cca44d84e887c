"""Visits and accesses: who has an initial service of its own (I4, I5, I8), M1."""

from dataclasses import dataclass

from . import codes, hydration, initial, repeats
from .clock import day, minute
from .context import Context
from .model import Bag, Earned, Row, Service

OPENS_NONE = {"rate", "restart", "lumen", "convenience"}
IN_ORDER = ("infusion", "push", "hydration")
LAST = 10**9
CHARTED = ("arrival", "departure", "inpatient_order", "start", "stop", "last_charted")


@dataclass
class Scope:
    """One visit, access (group) and, by policy, date, with what is coded there."""

    visit: str
    group: str
    date: str | None
    services: list[Service]
    first: Service
    units: list[Earned]

    def key(self, ctx: Context) -> tuple[bool, initial.Key]:
        """Order of two accesses: the primary reason, then the better-ranked initial."""
        reason = initial.reason_of(ctx)
        has = any(reason in s.ids for s in self.services) if reason else False
        return (not has, initial.sort_key(self.first, self.services, ctx))


class Accesses:
    """Which accesses count as one (I4)."""

    def __init__(self, bags: list[Bag], rows: list[Row], ctx: Context) -> None:
        self.ctx = ctx
        self.replaces = {
            str(a["id"]): str(a["replaces"])
            for a in ctx.encounter.get("accesses") or []
            if a.get("replaces")
        }
        necessary: set[str] = set()
        for access in ctx.encounter.get("accesses") or []:
            if access.get("medically_necessary") is True:
                if access.get("need") in OPENS_NONE:
                    ctx.findings.add(f"need opens no access: {access['id']}")
                else:
                    necessary.add(self.root(str(access["id"])))
        carrying = {
            self.root(b.access)
            for b in bags
            if b.route == "intravenous" and b.kind in (*IN_ORDER, "pump")
        }
        self.documented = necessary & carrying
        if len(self.documented) < 2:
            self.documented = set()
        self.first: dict[str, str] = {}
        if self.documented:
            self.find_first(bags, rows)

    def root(self, access: str) -> str:
        """The access that a chain of replacements began with."""
        seen = {access}
        while access in self.replaces and self.replaces[access] not in seen:
            access = self.replaces[access]
            seen.add(access)
        return access

    def find_first(self, bags: list[Bag], rows: list[Row]) -> None:
        """The first of the documented accesses of each visit, by their own services."""
        own = [b for b in bags if self.root(b.access) in self.documented]
        scopes = build(own, rows, self, self.ctx, quiet=True)
        best: dict[str, Scope] = {}
        for scope in sorted(scopes, key=lambda s: s.key(self.ctx)):
            best.setdefault(scope.visit, scope)
        self.first = {visit: scope.group for visit, scope in best.items()}

    def group(self, access: str, visit: str) -> str:
        """The access that an access counts as."""
        if not self.documented:
            return ""
        root = self.root(access)
        if root in self.documented:
            return root
        return self.first.get(visit, "")


def build(
    bags: list[Bag], rows: list[Row], accesses: Accesses, ctx: Context, quiet: bool = False
) -> list[Scope]:
    """All scopes with their initial service and units."""
    if quiet:
        ctx = Context(ctx.encounter, ctx.profile, ctx.policies, ctx.tables)
    parts: dict[tuple[str, str, str | None], list[Bag]] = {}
    for bag in bags:
        if bag.route != "intravenous" or bag.kind not in IN_ORDER:
            continue
        date = None
        if ctx.policies["initial_scope"] == "date":
            date = day(bag.start if bag.start is not None else first_start(ctx, rows))
        key = (bag.visit, accesses.group(bag.access, bag.visit), date)
        parts.setdefault(key, []).append(bag)
    out: list[Scope] = []
    for (visit, group, date), own in parts.items():
        near = [r for r in rows if accesses.group(r.access, r.visit) == group]
        drugs = [b for b in own if b.kind != "hydration"]
        services, again = repeats.services(drugs, ctx)
        water = hydration.service([b for b in own if b.kind == "hydration"], near, ctx)
        if water is not None:
            services.append(water)
        if not services:
            continue
        chosen, units = codes.scope_units(services, ctx)
        for unit in units + again:
            unit.visit = visit
        out.append(Scope(visit, group, date, services, chosen, units + again))
    return out


def first_start(ctx: Context, rows: list[Row]) -> int | None:
    """The first start of the encounter, without any start its first time."""
    starts = [r.start for r in rows if r.start is not None]
    return min(starts) if starts else min(times(ctx), default=None)


def times(ctx: Context) -> list[int]:
    """All times charted of a record without a start."""
    given = ctx.encounter.get("administrations") or []
    charted = [ctx.encounter, *ctx.visits.values(), *given]
    charted += [pause for one in given for pause in one.get("pauses") or []]
    found = (minute(one.get(name)) for one in charted for name in CHARTED)
    return [at for at in found if at is not None]


def visit_order(scopes: list[Scope], rows: list[Row], ctx: Context) -> list[str]:
    """Visits by arrival or first start, those without either last, then as listed."""
    listed = list(ctx.visits)
    visits = dict.fromkeys(s.visit for s in scopes)
    if len(visits) < 2:
        return list(visits)

    def place(visit: str) -> tuple[int, int]:
        arrival = minute(ctx.visits.get(visit, {}).get("arrival"))
        starts = [charted_start(r) for r in rows if r.visit == visit]
        timed = [at for at in starts if at is not None] if arrival is None else [arrival]
        return min(timed, default=LAST), listed.index(visit) if visit in listed else LAST

    return sorted(visits, key=place)


def charted_start(row: Row) -> int | None:
    """The start as charted, before anything is cut."""
    return minute(row.raw.get("start"))


def initial_date(scope: Scope, first: int | None) -> str | None:
    """Date of the initial line of a scope; without a time that of the first start (U1)."""
    for unit in scope.units:
        if unit.code in codes.INITIAL.values():
            return day(unit.minute if unit.minute is not None else first)
    return None


def mark(scopes: list[Scope], rows: list[Row], first: int | None, ctx: Context) -> None:
    """M1: modifiers of the second access and of the second visit of one date."""
    plain = ctx.policies["distinct_service_modifier"] == "59"
    earlier: set[tuple[str | None, str | None]] = set()
    for visit in visit_order(scopes, rows, ctx):
        dates = {s.date for s in scopes if s.visit == visit}
        dated: set[tuple[str | None, str | None]] = set()
        for date in dates:
            own = sorted(
                (s for s in scopes if s.visit == visit and s.date == date),
                key=lambda s: s.key(ctx),
            )
            second_visit = (date, initial_date(own[0], first)) in earlier
            for number, scope in enumerate(own):
                modifier = "XE" if second_visit else "XS" if number else None
                dated.add((date, initial_date(scope, first)))
                for unit in scope.units:
                    if modifier and unit.order_line:
                        unit.modifiers.add("59" if plain else modifier)
        earlier |= dated


def prune(units: list[Earned], ctx: Context) -> list[Earned]:
    """One 96368 per visit and date (S2), one 96549 a date (S3)."""
    every = ctx.policies["concurrent_frequency"] == "encounter"
    groups: dict[tuple[str, str, str | None], list[Earned]] = {}
    for unit in units:
        if unit.code == "96368":
            where = ("96368", "", None) if every else ("96368", unit.visit, day(unit.minute))
            groups.setdefault(where, []).append(unit)
        elif unit.code == "96549":
            groups.setdefault(("96549", "", day(unit.minute)), []).append(unit)
    gone: list[int] = []
    for (code, _, _), same in groups.items():
        first = min(same, key=lambda u: (u.start or 0, position(u, ctx)))
        for unit in same:
            if unit is first:
                continue
            gone.append(id(unit))
            if code == "96549":
                first.ids += unit.ids
            else:
                ctx.drop(unit.ids, "S2")
    return [u for u in units if id(u) not in gone]


def position(unit: Earned, ctx: Context) -> int:
    """Input order of the first administration of a unit."""
    names = [str(a["id"]) for a in ctx.encounter.get("administrations") or []]
    return min(names.index(i) for i in unit.ids)


def run(bags: list[Bag], rows: list[Row], first: int | None, ctx: Context) -> list[Scope]:
    """Sections 5 to 8 for the whole encounter; earns the units of the order."""
    accesses = Accesses(bags, rows, ctx)
    scopes = build(bags, rows, accesses, ctx)
    mark(scopes, rows, first, ctx)
    units = prune([u for s in scopes for u in s.units], ctx)
    pumped = {b.key for b in bags if b.kind == "pump" and b.cls != "chemo"}
    for scope in scopes:
        for service in scope.services:
            if service.key in pumped:
                units = [u for u in units if u.code != "96366" or not set(u.ids) & set(service.ids)]
    ctx.earned += units
    return scopes
