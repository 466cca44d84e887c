"""Hydration minutes of one visit and access: section 5."""

from .clock import common, merge, subtract, total
from .context import Context
from .model import Bag, Row, Service, Span

NEAR = 30
FAR_FUTURE = 10**8


def drug_minutes(rows: list[Row]) -> list[Span]:
    """Minutes in which a drug charted as infusion or pump runs (H1), coded or not."""
    spans: list[Span] = []
    for row in rows:
        if not is_drug(row) or row.method not in ("infusion", "pump_prolonged", "pca"):
            continue
        spans += charted(row)
        stopless = row.method == "pump_prolonged" and row.outcome != "run"
        if stopless and row.start is not None:
            spans.append((row.start, FAR_FUTURE))
    return merge(spans)


def charted(row: Row) -> list[Span]:
    """The run as charted, before anything is cut for arrival or departure."""
    if row.raw.get("started_before_arrival") and row.stop is not None:
        from .clock import minute

        start = minute(row.raw.get("start"))
        if start is not None:
            return subtract([(start, row.stop)], row.pauses)
    return row.whole


def push_minutes(rows: list[Row], ctx: Context) -> list[Span]:
    """Minutes of pushes with a documented length (H2)."""
    if ctx.policies["deduct_push_minutes"] == "never":
        return []
    return merge([s for r in rows if is_drug(r) and r.method == "push" for s in r.whole])


def is_drug(row: Row) -> bool:
    """An intravenous drug: not hydration, not an X1 fluid, not blood."""
    return (
        row.route == "intravenous"
        and row.cls != "hydration"
        and row.category not in ("blood_product", "vaccine", "allergen", "flush")
        and row.raw.get("purpose") not in ("keep_open", "flush", "diluent")
    )


def service(bags: list[Bag], access_rows: list[Row], ctx: Context) -> Service | None:
    """The hydration service of a scope, or None when its minutes do not reach the minimum."""
    if not bags:
        return None
    drugs = drug_minutes(access_rows)
    pushes = push_minutes(access_rows, ctx)
    stretches = merge([s for bag in bags for s in bag.counted])
    stretches = subtract(stretches, drugs)
    least = int(ctx.policies["hydration_min_minutes"])
    policy = ctx.policies["hydration_stretches"]
    groups: list[list[Span]]
    if policy == "add":
        groups = [stretches]
    elif policy == "each_over_30":
        groups = [[s] for s in stretches]
    else:
        groups = together(stretches, bags, drugs)
    kept: list[Span] = []
    for group in groups:
        minutes = subtract(group, pushes)
        if policy == "add" or total(minutes) >= least:
            kept += minutes
    kept = merge(kept)
    if total(kept) < least:
        for bag in bags:
            ctx.drop(bag.ids, "T6")
        return None
    used = [bag for bag in bags if common(merge(bag.counted), kept)]
    for bag in bags:
        if bag not in used:
            ctx.drop(bag.ids, "H3")
    return Service(
        kind="hydration",
        cls="hydration",
        bags=used,
        spans=kept,
        start=kept[0][0],
        minutes=total(kept),
        order=min(b.order for b in used),
    )


def together(stretches: list[Span], bags: list[Bag], drugs: list[Span]) -> list[list[Span]]:
    """Groups of stretches that belong together (policy add_interrupted)."""
    number = list(range(len(stretches)))

    def join(one: int, other: int) -> None:
        old, new = number[one], number[other]
        for index, value in enumerate(number):
            if value == old:
                number[index] = new

    for one in range(len(stretches)):
        for other in range(one):
            gap = [(stretches[other][1], stretches[one][0])]
            if total(subtract(gap, drugs)) <= NEAR:
                join(one, other)
                continue
            for bag in bags:
                run = merge(bag.counted)
                if common(run, [stretches[one]]) and common(run, [stretches[other]]):
                    join(one, other)
    groups: dict[int, list[Span]] = {}
    for index, span in enumerate(stretches):
        groups.setdefault(number[index], []).append(span)
    return list(groups.values())
