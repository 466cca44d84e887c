"""Services outside the order: the lower table of section 9 (I7), split doses, pumps."""

import re

from . import codes
from .clock import merge, total
from .context import Context
from .drugs import squeeze
from .model import Bag, Row, Service
from .scopes import Accesses

APART = 5
MANY_LESIONS = 7
LAST = 10**9


def injection_code(bag: Bag, ctx: Context) -> str:
    """Code of an intramuscular or subcutaneous injection by category."""
    if bag.category == "hormonal_antineoplastic":
        return "96402"
    if bag.category == "antineoplastic":
        return "96401"
    if bag.category == "complex_biologic":
        if ctx.policies["complex_biologic_injection"] == "chemotherapy":
            return "96401"
    return "96372"


def injections(bags: list[Bag], ctx: Context) -> None:
    """Injections, one each, or once for a split dose; short subcutaneous infusions."""
    infiltrated = {b.visit for b in bags if b.route == "other"}
    rabies: dict[str, list[Bag]] = {}
    split: dict[tuple[frozenset[str], str, str, str], list[Bag]] = {}
    for bag in bags:
        if bag.route == "subcutaneous" and bag.kind == "short":
            untimed = bag.minutes is None
            code = "96372" if untimed else injection_code(bag, ctx)
            split.setdefault((bag.key, bag.route, bag.visit, code), []).append(bag)
        elif bag.kind == "injection":
            text = " ".join(squeeze(str(r.raw.get("drug") or "")) for r in bag.rows)
            if re.search(r"rabies immune", text) and bag.visit in infiltrated:
                rabies.setdefault(bag.visit, []).append(bag)
                continue
            code = injection_code(bag, ctx)
            split.setdefault((bag.key, bag.route, bag.visit, code), []).append(bag)
    for visit, same in rabies.items():
        if all(b.route in ("intramuscular", "subcutaneous") for b in same):
            for bag in same:
                ctx.earn("96372", bag.start, bag.ids, visit=visit)
            continue
        ids = [i for b in same for i in b.ids]
        starts = [b.start for b in same if b.start is not None]
        ctx.earn("96372", min(starts, default=None), ids, visit=visit)
    for (*_, code), same in split.items():
        for group in doses(same, ctx):
            ids = [i for b in group for i in b.ids]
            ctx.earn(code, group[0].start, ids, visit=group[0].visit)


def doses(same: list[Bag], ctx: Context) -> list[list[Bag]]:
    """Injections of one drug, route and visit, grouped into the doses that are reported."""
    if ctx.policies["split_dose_injections"] == "each":
        return [[b] for b in same]
    groups: list[list[Bag]] = []
    for bag in sorted(same, key=lambda b: (LAST if b.start is None else b.start, b.order)):
        if groups:
            first = groups[-1][0].start
            if bag.start is None or first is None or bag.start - first <= APART:
                groups[-1].append(bag)
                continue
        groups.append([bag])
    return groups


def as_service(bags: list[Bag], cls: str) -> Service:
    """Bags as one timed service, their minutes joined."""
    spans = merge([s for b in bags for s in b.counted])
    return Service("infusion", cls, bags, spans, spans[0][0], total(spans), bags[0].order)


def subcutaneous(bags: list[Bag], accesses: Accesses, ctx: Context) -> None:
    """96369 to 96371 over the joined minutes of a visit."""
    visits: dict[str, list[Bag]] = {}
    for bag in bags:
        if bag.route == "subcutaneous" and bag.kind == "infusion":
            visits.setdefault(bag.visit, []).append(bag)
    for visit, same in visits.items():
        service = as_service(same, "ther")
        for number, count in enumerate(codes.hours(service.minutes)):
            code = "96370" if number else "96369"
            ctx.earn(code, codes.earned_at(service, count, ctx), service.ids, visit=visit)
        timed = sorted(same, key=lambda b: (b.start or 0, b.order))
        site = accesses.root(timed[0].access)
        others = [b for b in timed if b.access and accesses.root(b.access) != site]
        if others and site:
            ctx.earn("96371", others[0].start, others[0].ids, visit=visit)


def intra_arterial(bags: list[Bag], accesses: Accesses, ctx: Context) -> None:
    """96373, 96420 to 96423, unlisted therapeutic infusions."""
    infusions: dict[tuple[object, ...], list[Bag]] = {}
    for bag in bags:
        if bag.route != "intra_arterial" or bag.kind not in ("push", "infusion"):
            continue
        if bag.cls != "chemo":
            code = "96373" if bag.kind == "push" else "96379"
            ctx.earn(code, bag.start, bag.ids, visit=bag.visit)
        elif bag.kind == "push":
            ctx.earn("96420", bag.start, bag.ids, visit=bag.visit)
        else:
            key: tuple[object, ...] = (bag.key, accesses.root(bag.access), bag.visit)
            if ctx.policies["same_drug_infusions"] != "add_minutes":
                key = (*key, bag.order)
            infusions.setdefault(key, []).append(bag)
    for same in infusions.values():
        service = as_service(same, "chemo")
        for number, count in enumerate(codes.hours(service.minutes)):
            code = "96423" if number else "96422"
            minute = codes.earned_at(service, count, ctx)
            ctx.earn(code, minute, service.ids, visit=same[0].visit)


def pumps(bags: list[Bag], rows: list[Row], kinds: dict[str, str], ctx: Context) -> None:
    """Pump starts over 8 hours, refills, on-body injectors."""
    started = {r.visit for r in rows if r.method == "pump_prolonged"}
    for bag in bags:
        if bag.kind == "pump":
            ctx.earn(start_code(bag, ctx), bag.start, bag.ids, visit=bag.visit)
        elif bag.kind == "on_body_injector":
            ctx.earn("96377", bag.start, bag.ids, visit=bag.visit)
        elif bag.kind == "pump_refill":
            if bag.visit in started:
                ctx.drop(bag.ids, "X4")
            elif kinds.get(bag.access) != "implantable_pump":
                ctx.earn("96521", bag.start, bag.ids, visit=bag.visit)
            elif bag.route in ("intravenous", "intra_arterial"):
                ctx.earn("96522", bag.start, bag.ids, visit=bag.visit)
            else:
                ctx.findings.add(f"refill of an implanted pump: {bag.ids[0]}")
                ctx.drop(bag.ids, "N5")


def start_code(bag: Bag, ctx: Context) -> str:
    """Code of a pump start (T7, policy home_pump)."""
    if bag.cls != "chemo":
        return "C8957"
    if bag.route == "intra_arterial":
        return "96425"
    if ctx.policies["home_pump"] == "G0498":
        if any(r.raw.get("pump_owner") == "site" for r in bag.rows):
            return "G0498"
        ctx.findings.add(f"pump owner: {bag.ids[0]}")
    return "96416"


def cavity_code(bag: Bag, kinds: dict[str, str]) -> str | None:
    """Code once a visit of a chemotherapy service into a cavity, or None for a pointer."""
    if bag.route == "intravesical":
        return "51720"
    chemo = bag.cls == "chemo"
    if bag.route in ("intracavitary_pleural", "intracavitary_peritoneal"):
        if not chemo:
            return "96379"
        return "96440" if bag.route == "intracavitary_pleural" else "96446"
    if bag.route == "intralesional":
        return "96405" if chemo else "96379"
    if bag.route in ("intrathecal", "intraventricular") and chemo:
        if bag.route == "intraventricular" or kinds.get(bag.access) == "ommaya":
            return "96542"
        return "96450"
    return None


def cavities(bags: list[Bag], kinds: dict[str, str], ctx: Context) -> None:
    """Pleural, peritoneal, nervous system, bladder, lesions: once a visit."""
    once: dict[tuple[str, str], list[Bag]] = {}
    for bag in bags:
        if bag.kind != "given":
            continue
        code = cavity_code(bag, kinds)
        if code is None:
            ctx.findings.add(f"code of another family: {bag.ids[0]}")
            ctx.drop(bag.ids, "N5")
        elif code == "96379":
            ctx.earn(code, bag.start, bag.ids, visit=bag.visit)
        else:
            once.setdefault((code, bag.visit), []).append(bag)
    for (found, visit), same in once.items():
        code = found
        if code == "96405":
            lesions = [int(r.raw["lesions"]) for b in same for r in b.rows if r.raw.get("lesions")]
            if not lesions:
                ctx.findings.add("number of lesions not charted")
            elif max(lesions) > MANY_LESIONS:
                code = "96406"
        reduced = any(r.raw.get("reduced") is True for b in same for r in b.rows)
        modifiers = {"52"} if reduced and code in ("96440", "96450", "96542") else set()
        starts = [b.start for b in same if b.start is not None]
        ids = [i for b in same for i in b.ids]
        ctx.earn(code, min(starts, default=None), ids, visit=visit, modifiers=modifiers)


def run(bags: list[Bag], rows: list[Row], accesses: Accesses, ctx: Context) -> None:
    """Everything beside the order."""
    kinds = {str(a["id"]): str(a.get("kind")) for a in ctx.encounter.get("accesses") or []}
    injections(bags, ctx)
    subcutaneous(bags, accesses, ctx)
    intra_arterial(bags, accesses, ctx)
    pumps(bags, rows, kinds, ctx)
    cavities(bags, kinds, ctx)
