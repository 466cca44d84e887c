"""Reads the plain dict: defaults of section 1 for route, method, access and visit."""

from typing import Any

from .clock import minute
from .context import Context
from .model import Row

NOT_INTRAVENOUS = {
    "subcutaneous",
    "intra_arterial",
    "intraperitoneal_port",
    "ommaya",
    "epidural",
    "intrathecal",
    "implantable_pump",
}
BAG_VOLUME = 50
UNCLASSIFIED = ("J3490", "J3590", "J9999", "C9399")


def default_access(ctx: Context, route: str | None, administrations: list[dict[str, Any]]) -> str:
    """Access of an administration that names none."""
    if route != "intravenous":
        return ""
    for access in ctx.encounter.get("accesses") or []:
        if (access.get("kind") or "peripheral") not in NOT_INTRAVENOUS:
            return str(access["id"])
    for raw in administrations:
        if raw.get("access") and (raw.get("route") or "intravenous") == "intravenous":
            return str(raw["access"])
    return "the access"


def default_method(raw: dict[str, Any], route: str | None) -> str:
    """Method of an administration whose method is absent, and the synonyms of section 1."""
    method = raw.get("method")
    start, stop = minute(raw.get("start")), minute(raw.get("stop"))
    if not method:
        if route in ("intramuscular", "subcutaneous"):
            method = "injection"
        elif start is not None and stop is not None and stop > start:
            method = "infusion"
        elif raw.get("rate_ml_per_hr") is not None:
            method = "infusion"
        elif raw.get("volume_ml") is not None and float(raw["volume_ml"]) >= BAG_VOLUME:
            method = "infusion"
        else:
            method = "push"
    if route == "intravenous" and method == "injection":
        return "push"
    if route == "intramuscular" and method in ("infusion", "push"):
        return "injection"
    if route == "subcutaneous" and method == "push":
        return "injection"
    return str(method)


def members(raw: dict[str, Any], ctx: Context) -> tuple[str, ...]:
    """What the drugs in the bag or syringe are for section 6: generics, else texts."""
    if raw.get("mix"):
        return tuple(ctx.drugs.key(n) for n in raw["mix"])
    name, code = raw.get("drug") or "", str(raw.get("hcpcs") or "")
    entry = ctx.drugs.by_code.get(code)
    if entry and code not in UNCLASSIFIED and not ctx.drugs.named(name):
        return (ctx.drugs.key(entry["generic"]),)
    return (ctx.drugs.key(name),)


def read(ctx: Context) -> list[Row]:
    """All administrations of the encounter as rows, in input order."""
    administrations = [dict(raw) for raw in ctx.encounter.get("administrations") or []]
    visits = [v["id"] for v in ctx.encounter.get("visits") or []]
    named = [raw["visit"] for raw in administrations if raw.get("visit")]
    first_visit = str((visits or named or ["v1"])[0])
    kinds = {a["id"]: a.get("kind") for a in ctx.encounter.get("accesses") or []}
    rows: list[Row] = []
    for order, raw in enumerate(administrations):
        if not raw.get("drug") and not raw.get("mix"):
            raw["drug"] = ctx.drugs.by_code.get(str(raw.get("hcpcs")), {}).get("generic", "")
        route = raw.get("route")
        if route is None and kinds.get(raw.get("access")) != "implantable_pump":
            route = "intravenous"
        start, stop = minute(raw.get("start")), minute(raw.get("stop"))
        if start is not None and stop is not None and stop < start:
            ctx.findings.add(f"stop before start: {raw['id']}")
            stop = None
        pauses = [
            (p_start, p_stop)
            for p_start, p_stop in (
                (minute(p.get("start")), minute(p.get("stop"))) for p in raw.get("pauses") or []
            )
            if p_start is not None and p_stop is not None
        ]
        rows.append(
            Row(
                id=str(raw["id"]),
                order=order,
                raw=raw,
                members=members(raw, ctx),
                route=route,
                method=default_method(raw, route),
                access=str(raw.get("access") or default_access(ctx, route, administrations)),
                visit=str(raw.get("visit") or first_visit),
                start=start,
                stop=stop,
                pauses=pauses,
                last_charted=minute(raw.get("last_charted")),
            )
        )
    return rows
