"""Codes of the order: the upper table of section 9, thresholds T5 and T6, dates U1."""

from . import concurrent, initial
from .clock import nth
from .context import Context
from .model import Earned, Service

FIRST_MINUTE = 16
SECOND_HOUR = 91
HOUR = 60

INITIAL = {
    ("chemo", "infusion"): "96413",
    ("chemo", "push"): "96409",
    ("ther", "infusion"): "96365",
    ("ther", "push"): "96374",
    ("hydration", "hydration"): "96360",
}
LATER = {
    ("chemo", "infusion"): "96417",
    ("chemo", "push"): "96411",
    ("ther", "infusion"): "96367",
    ("ther", "push"): "96375",
    ("hydration", "hydration"): "96361",
}
FURTHER = {"chemo": "96415", "ther": "96366", "hydration": "96361"}


def hours(minutes: int, first: int = FIRST_MINUTE) -> list[int]:
    """The minutes that earn a unit: the first one, then 91, 151, ... (T5, T6)."""
    return [first, *range(SECOND_HOUR, minutes + 1, HOUR)]


def earned_at(service: Service, count: int, ctx: Context) -> int | None:
    """The minute that dates the unit which the count-th minute of a service earns (U1)."""
    minute = nth(service.spans, count)
    if minute is None:
        minute = service.start
    if minute is None or ctx.policies["midnight_units"] == "date_completed":
        return minute
    for bag in sorted(service.bags, key=lambda b: (b.start is None, b.start or 0, b.order)):
        if any(start <= minute < stop for start, stop in bag.counted):
            return bag.start
    return service.start


def units_of(service: Service, ctx: Context) -> list[Earned]:
    """The units of one service in its role."""
    kind = (service.cls, service.kind)
    first = INITIAL[kind] if service.role == "initial" else LATER[kind]
    out: list[Earned] = []

    def add(code: str, minute: int | None) -> Earned:
        out.append(Earned(code, minute, service.ids, order_line=True))
        return out[-1]

    if service.kind == "push":
        add(first, service.start)
        return out
    least = int(ctx.policies["hydration_min_minutes"]) if service.cls == "hydration" else 16
    if service.style == "hour":
        for count in hours(service.minutes):
            add(FURTHER[service.cls], earned_at(service, count, ctx))
        return out
    if service.role == "concurrent":
        if service.cls == "ther":
            add("96368", earned_at(service, FIRST_MINUTE, ctx)).start = service.start
        elif ctx.policies["concurrent_chemotherapy"] == "unlisted_96549":
            unit = add("96549", earned_at(service, FIRST_MINUTE, ctx))
            unit.start = service.start
            unit.order_line = False
        elif ctx.policies["concurrent_chemotherapy"] == "sequential_96417":
            for number, count in enumerate(hours(service.minutes)):
                code = FURTHER["chemo"] if number else "96417"
                add(code, earned_at(service, count, ctx))
        else:
            ctx.drop(service.ids, "S3")
        return out
    for number, count in enumerate(hours(service.minutes, least)):
        code = FURTHER[service.cls] if number else first
        unit = add(code, earned_at(service, count, ctx))
        if number == 0 and service.minutes < least:
            unit.modifiers.add("53")
    return out


def in_first_hour(service: Service, first: Service) -> bool:
    """Whether a second infusion and the initial one lie within 60 minutes."""
    if service is first or service.kind != "infusion" or first.kind != "infusion":
        return False
    if not service.spans or not first.spans or service.style == "hour":
        return False
    if service.role == "concurrent":
        return False
    both = service.spans + first.spans
    return max(s[1] for s in both) - min(s[0] for s in both) <= HOUR


def assign(services: list[Service], chosen: Service, ctx: Context) -> list[Earned]:
    """All units of a scope with the chosen initial service (the services are not changed)."""
    index = services.index(chosen)
    own = [service.afresh() for service in services]
    first = own[index]
    first.role = "initial"
    concurrent.settle(own, first, ctx)
    out: list[Earned] = []
    for service in own:
        if ctx.policies["short_second_infusion"] == "not_in_first_hour":
            if in_first_hour(service, first):
                ctx.drop(service.ids, "short_second_infusion")
                continue
        out += units_of(service, ctx)
    return out


def scope_units(services: list[Service], ctx: Context) -> tuple[Service, list[Earned]]:
    """The initial service of a scope and all its units (I1 to I3)."""
    order = initial.facility(services, ctx)
    choice = initial.wanted(services, ctx)
    if choice is not None and choice is not order:
        units = assign(services, choice, ctx)
        if not initial.orphaned(units):
            return choice, units
        ctx.findings.add("primary reason would leave an add-on without its parent")
    elif choice is None and ctx.professional:
        ctx.findings.add("primary reason missing or outside the order")
    return order, assign(services, order, ctx)
