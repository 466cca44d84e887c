"""The initial service of a scope: section 8."""

from .concurrent import runs_with
from .context import Context
from .model import Earned, Service

RANK = {
    ("chemo", "infusion"): 0,
    ("chemo", "push"): 1,
    ("ther", "infusion"): 2,
    ("ther", "push"): 3,
    ("hydration", "hydration"): 4,
}
LAST = 10**9
Key = tuple[int, bool, int, int, int]


def rank(service: Service) -> int:
    """Place in the facility order (I2)."""
    return RANK[(service.cls, service.kind)]


def sort_key(service: Service, services: list[Service], ctx: Context) -> Key:
    """I2 and I6: rank, behind a longer one it runs with, start, length, input order."""
    start = LAST if service.start is None else service.start
    if service.kind == "push":
        return (rank(service), False, start, 0, service.order)
    behind = any(
        rank(o) == rank(service) and o.minutes > service.minutes and runs_with(service, o, ctx)
        for o in services
        if o.eligible
    )
    if ctx.policies["initial_tie_break"] == "longest":
        return (rank(service), behind, -service.minutes, start, service.order)
    return (rank(service), behind, start, -service.minutes, service.order)


def facility(services: list[Service], ctx: Context) -> Service:
    """The initial service by the facility order."""
    able = [s for s in services if s.eligible]
    return min(able, key=lambda s: sort_key(s, services, ctx))


def reason_of(ctx: Context) -> str | None:
    """The primary reason, where it decides."""
    if not ctx.professional or ctx.policies["professional_initial"] != "primary_reason":
        return None
    value = ctx.encounter.get("primary_reason")
    return None if value is None else str(value)


def wanted(services: list[Service], ctx: Context) -> Service | None:
    """The service that is the main reason of a professional visit (I3)."""
    reason = reason_of(ctx)
    for service in services:
        if service.eligible and reason in service.ids:
            return service
    return None


def orphaned(units: list[Earned]) -> bool:
    """Whether a chemotherapy add-on stands without its parent (I3)."""
    codes = {u.code for u in units}
    if "96411" in codes and not codes & {"96409", "96413"}:
        return True
    return bool(codes & {"96415", "96417"}) and "96413" not in codes
