"""Concurrent and sequential infusions: section 7."""

from .clock import common, merge, subtract, total
from .context import Context
from .model import Service

TOGETHER = 2
SHORT = 15


def at(service: Service) -> int:
    """Start of an infusion in minutes."""
    assert service.start is not None
    return service.start


def runs_with(one: Service, other: Service, ctx: Context) -> bool:
    """Whether `one` would be concurrent beside `other` (S1)."""
    if one is other or one.key == other.key:
        return False
    if one.kind != "infusion" or other.kind != "infusion":
        return False
    if "hour" in (one.style, other.style) or min(one.minutes, other.minutes) <= SHORT:
        return False
    shared = common(one.spans, other.spans)
    policy = ctx.policies["concurrent_overlap"]
    if policy == "over_15_minutes":
        return shared > SHORT
    if policy == "any":
        return shared > 0
    if policy == "deduct_then_sequential":
        if shared == 0:
            return False
        return abs(at(one) - at(other)) <= TOGETHER or one.minutes - shared <= SHORT
    return 2 * shared > one.minutes


def gives_way(one: Service, other: Service, initial: Service) -> bool:
    """Whether `one` is the concurrent one of the two (S2, S3)."""
    if one is initial:
        return False
    if other is initial:
        return one.cls == "ther" or other.cls == "chemo"
    if one.cls != other.cls:
        return one.cls == "ther"
    mine = (-one.minutes, at(one), one.order)
    return mine > (-other.minutes, at(other), other.order)


def settle(services: list[Service], initial: Service, ctx: Context) -> None:
    """Set the role of every infusion that is not initial; take off minutes where asked."""
    infusions = [s for s in services if s.kind == "infusion"]
    deduct = ctx.policies["concurrent_overlap"] == "deduct_then_sequential"
    left = {}
    for one in infusions:
        partners = [o for o in infusions if o is not one and gives_way(one, o, initial)]
        if any(runs_with(one, o, ctx) for o in partners):
            one.role = "concurrent"
        elif deduct and one is not initial and one.style == "service":
            others = merge([s for o in partners if o.key != one.key for s in o.spans])
            spans = subtract(one.spans, others)
            if total(spans) <= SHORT < one.minutes:
                one.role = "concurrent"
            else:
                left[id(one)] = spans
    for one in infusions:
        if id(one) in left:
            one.spans = left[id(one)]
            one.minutes = total(one.spans)
