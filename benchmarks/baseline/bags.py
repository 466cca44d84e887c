"""Bags: T8, C4 and the restart on a replaced access join rows; T4 and T7 say what a bag is."""

from . import classes
from .clock import merge, total
from .context import Context
from .model import Bag, Row

PUMP_MINUTES = 480
PUSH_MINUTES = 15
INFUSED = ("infusion", "pump_prolonged")


class Sets:
    """Union-find over row ids."""

    def __init__(self, names: list[str]) -> None:
        self.up = {n: n for n in names}

    def root(self, name: str) -> str:
        while self.up[name] != name:
            name = self.up[name]
        return name

    def join(self, one: str, other: str) -> None:
        if one in self.up and other in self.up:
            self.up[self.root(one)] = self.root(other)


def infused(row: Row) -> bool:
    """Whether a row is charted as running (hydration is, whatever its method)."""
    return row.method in INFUSED or row.method == "pca" or row.cls == "hydration"


def joined(rows: list[Row], every: list[Row], ctx: Context) -> list[list[Row]]:
    """Rows grouped into bags, in input order; `every` includes rows already excluded."""
    sets = Sets([r.id for r in every])
    for row in every:
        if row.raw.get("same_bag_as"):
            sets.join(row.id, str(row.raw["same_bag_as"]))
    running = [r for r in rows if infused(r)]
    for one in running:
        for other in running:
            if one is other or one.start is None or not other.whole:
                continue
            same = (one.key, one.access, one.visit, one.route)
            if same == (other.key, other.access, other.visit, other.route):
                if other.whole[-1][1] == one.start:
                    sets.join(one.id, other.id)
    for earlier, later in restarts(ctx):
        for row in running:
            parts = [r for r in running if r.key == row.key and r.visit == row.visit]
            before = [r for r in parts if r.access == earlier and r.start is not None]
            after = [r for r in parts if r.access == later and r.start is not None]
            if before and after:
                last = max(before, key=lambda r: (r.start, r.order))
                first = min(after, key=lambda r: (r.start, r.order))
                sets.join(first.id, last.id)
    groups: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda r: r.order):
        groups.setdefault(sets.root(row.id), []).append(row)
    return list(groups.values())


def restarts(ctx: Context) -> list[tuple[str, str]]:
    """Pairs of accesses: the one given up, the one that took over."""
    accesses = ctx.encounter.get("accesses") or []
    return [(str(a["replaces"]), str(a["id"])) for a in accesses if a.get("replaces")]


def build(rows: list[Row], every: list[Row], ctx: Context) -> list[Bag]:
    """Bags with their kind; rows of which nothing can be said are dropped on the way."""
    out: list[Bag] = []
    for group in joined(rows, every, ctx):
        bag = bag_of(group, ctx)
        if bag is not None:
            out.append(bag)
    return out


def bag_of(group: list[Row], ctx: Context) -> Bag | None:
    """One bag of the rows, or None when it is nothing (T2, T3, X5, X11)."""
    first = group[0]
    cls = max((r.cls for r in group), key=classes.RANK.__getitem__)
    category = max(
        (r.category for r in group if r.cls == cls),
        key=lambda c: classes.CATEGORY_RANK.index(c) if c in classes.CATEGORY_RANK else 5,
    )
    route, method = first.route or "", first.method
    if any(r.method in INFUSED for r in group) and method not in INFUSED:
        method = next(r.method for r in group if r.method in INFUSED)
    if any(r.method == "pump_prolonged" for r in group):
        method = "pump_prolonged"
    timeless = [r for r in group if r.outcome == "none"]
    for row in timeless:
        ctx.drop([row.id], "T3" if row.start is None else "T2")
    rows = [r for r in group if r.outcome != "none"]
    if cls == "hydration":
        small = [r for r in rows if too_small(r, ctx)]
        ctx.drop([r.id for r in small], "hydration_min_volume_ml")
        rows = [r for r in rows if r not in small]
    if not rows:
        return None
    pump = pump_start(rows, method, cls, route, ctx)
    if not pump:
        cut = [r for r in rows if r.whole and not r.counted and r.outcome == "run"]
        cut += [r for r in rows if r.whole and not r.counted and r.outcome == "untimed"]
        cut = [r for r in cut if total(merge(r.whole)) > 0]
        for row in cut:
            ctx.drop([row.id], "X11")
        rows = [r for r in rows if r not in cut]
        if not rows:
            return None
    spans = merge([s for r in rows for s in (r.whole if pump else r.counted)])
    starts = [r.start for r in rows if r.start is not None]
    timed = any(r.outcome == "run" for r in rows)
    bag = Bag(
        rows=rows,
        key=frozenset(m for r in group for m in r.members),
        cls=cls,
        category=category,
        route=route,
        method=method,
        access=first.access,
        visit=first.visit,
        order=first.order,
        start=min(starts, default=None),
        counted=spans,
        minutes=total(spans) if timed or spans else None,
        kind="",
        discontinued=any(r.raw.get("discontinued") is True for r in rows),
    )
    bag.kind = "pump" if pump else kind_of(bag, ctx)
    return bag


def too_small(row: Row, ctx: Context) -> bool:
    """Policy hydration_min_volume_ml: a charted volume below it is nothing."""
    volume = row.raw.get("volume_ml")
    least = int(ctx.policies["hydration_min_volume_ml"])
    return volume is not None and float(volume) < least


def pump_start(rows: list[Row], method: str, cls: str, route: str, ctx: Context) -> bool:
    """T7: whether the bag is a pump start of over 8 hours with a code of its own."""
    if method != "pump_prolonged" or route not in ("intravenous", "intra_arterial"):
        return False
    if cls != "chemo" and not (ctx.c8957 and route == "intravenous"):
        return False
    if any(r.outcome == "open" for r in rows):
        return True
    return total(merge([s for r in rows for s in r.whole])) > PUMP_MINUTES


def kind_of(bag: Bag, ctx: Context) -> str:
    """What the bag is by T4, T6 and the method charted."""
    if bag.method in ("pump_refill", "on_body_injector"):
        return bag.method
    if bag.route in ("intramuscular", "other"):
        return "injection"
    if bag.cls == "hydration" and bag.route == "intravenous":
        return "hydration"
    if bag.route == "subcutaneous":
        if bag.method not in (*INFUSED, "pca"):
            return "injection"
        return "infusion" if (bag.minutes or 0) > PUSH_MINUTES else "short"
    if bag.route in ("intravenous", "intra_arterial"):
        minutes = bag.minutes or 0
        if bag.method in INFUSED or bag.method == "pca":
            if intended(bag, ctx):
                return "infusion"
            return "infusion" if minutes > PUSH_MINUTES else "push"
        if ctx.policies["long_push"] == "infusion" and minutes > PUSH_MINUTES:
            return "infusion"
        return "push"
    return "given"


def intended(bag: Bag, ctx: Context) -> bool:
    """Policy discontinued_infusion: a short infusion stopped early is coded as intended."""
    return (
        ctx.policies["discontinued_infusion"] == "intended_53"
        and ctx.professional
        and bag.discontinued
        and bag.route == "intravenous"
        and bag.minutes is not None
        and bag.minutes <= PUSH_MINUTES
    )
