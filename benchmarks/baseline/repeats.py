"""Repeats of one drug in one scope: section 6 (D1 to D3)."""

from .clock import merge, total
from .context import Context
from .model import Bag, Earned, Service

LAST = 10**9
APART = 30


def by_time(bag: Bag) -> tuple[int, int]:
    """Clock order, a bag without a time last, then input order."""
    return (LAST if bag.start is None else bag.start, bag.order)


def services(bags: list[Bag], ctx: Context) -> tuple[list[Service], list[Earned]]:
    """The drug services of a scope and the 96376 units of repeats."""
    found: list[Service] = []
    again: list[Earned] = []
    keys: dict[frozenset[str], list[Bag]] = {}
    for bag in sorted(bags, key=lambda b: b.order):
        keys.setdefault(bag.key, []).append(bag)
    for key, same in keys.items():
        cls = "chemo" if any(b.cls == "chemo" for b in same) else "ther"
        infusions = sorted((b for b in same if b.kind == "infusion"), key=by_time)
        pushes = sorted((b for b in same if b.kind == "push"), key=by_time)
        if infusions:
            main = infused(infusions, cls, key, found, again, ctx)
        else:
            main = of([pushes[0]], "push", cls, key)
            found.append(main)
        repeated(pushes, infusions, main, again, ctx)
    return found, again


def of(bags: list[Bag], kind: str, cls: str, key: frozenset[str]) -> Service:
    """A service of the bags, their minutes added, a common minute once (D1)."""
    spans = merge([s for b in bags for s in b.counted])
    return Service(
        kind=kind,
        cls=cls,
        bags=bags,
        spans=spans,
        start=bags[0].start,
        minutes=total(spans),
        order=min(b.order for b in bags),
        key=key,
    )


def infused(
    infusions: list[Bag],
    cls: str,
    key: frozenset[str],
    found: list[Service],
    again: list[Earned],
    ctx: Context,
) -> Service:
    """Services of the infusions of one drug (D1); the first is returned."""
    policy = ctx.policies["same_drug_infusions"]
    if policy == "add_minutes":
        main = of(infusions, "infusion", cls, key)
        found.append(main)
        return main
    main = of(infusions[:1], "infusion", cls, key)
    found.append(main)
    for bag in infusions[1:]:
        if policy == "push_each":
            if ctx.professional:
                ctx.drop(bag.ids, "D1")
            else:
                again.append(Earned("96376", bag.start, bag.ids, order_line=True))
            continue
        later = of([bag], "infusion", cls, key)
        later.eligible = False
        later.style = "hour" if policy == "further_hour_each" else "service"
        found.append(later)
    return main


def near(push: Bag, infusions: list[Bag]) -> bool:
    """Whether a push lies within 30 minutes of the nearest minute of the infusion, or in it."""
    if push.start is None:
        return True
    for bag in infusions:
        for start, stop in bag.counted:
            if start - APART <= push.start <= stop + APART:
                return True
    return False


def repeated(
    pushes: list[Bag],
    infusions: list[Bag],
    main: Service,
    again: list[Earned],
    ctx: Context,
) -> None:
    """Every push after the first, or beside an infusion of its drug (D2, D3)."""
    anchor_policy = ctx.policies["repeat_push_anchor"]
    part_policy = ctx.policies["bolus_and_drip"] == "part_of_infusion"
    reported: int | None = None
    holder: list[str] = main.absorbed
    seen: list[int] = []
    start_at = 0
    if not infusions:
        reported, start_at = pushes[0].start, 1
        seen = [] if reported is None else [reported]
    for push in pushes[start_at:]:
        rule = "D3" if infusions else "D2"
        if push.start is None:
            main.absorbed += push.ids
            continue
        anchors = {
            "reported": reported,
            "previous": seen[-1] if seen else None,
            "first": seen[0] if seen else None,
        }
        seen.append(push.start)
        if infusions and part_policy and near(push, infusions):
            main.absorbed += push.ids
            continue
        anchor = anchors[anchor_policy]
        if anchor is not None and push.start - anchor <= APART:
            holder += push.ids
            continue
        if ctx.professional or main.cls == "chemo":
            ctx.drop(push.ids, rule)
            continue
        unit = Earned("96376", push.start, push.ids, order_line=True)
        again.append(unit)
        reported, holder = push.start, unit.ids
