"""Clock times and minutes: T1 to T3, X5 and X11, and arithmetic on intervals."""

from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .model import Row, Span

if TYPE_CHECKING:
    from .context import Context

FIRST = date(2000, 1, 1).toordinal()
DAY = 1440
CHARTED_RUNNING = 60


def minute(value: Any) -> int | None:
    """Minutes since the epoch of a clock time (seconds dropped, zone ignored)."""
    if value is None or value == "":
        return None
    at: datetime
    if isinstance(value, str):
        at = datetime.fromisoformat(value)
    elif isinstance(value, datetime):
        at = value
    else:
        at = datetime(value.year, value.month, value.day)
    return (at.toordinal() - FIRST) * DAY + at.hour * 60 + at.minute


def day(at: int | None) -> str | None:
    """ISO date of a minute."""
    if at is None:
        return None
    return iso(at // DAY)


@lru_cache(maxsize=4096)
def iso(number: int) -> str:
    """ISO date of a day by its number."""
    return date.fromordinal(FIRST + number).isoformat()


def merge(spans: list[Span]) -> list[Span]:
    """Union of intervals, touching ones joined, empty ones dropped."""
    if len(spans) < 2:
        return [s for s in spans if s[1] > s[0]]
    out: list[Span] = []
    for start, stop in sorted(s for s in spans if s[1] > s[0]):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(stop, out[-1][1]))
        else:
            out.append((start, stop))
    return out


def subtract(spans: list[Span], cuts: list[Span]) -> list[Span]:
    """The minutes of `spans` that lie in no cut."""
    off = merge(cuts)
    left: list[Span] = []
    first = 0
    for start, stop in merge(spans):
        while first < len(off) and off[first][1] <= start:
            first += 1
        at, begin = first, start
        while at < len(off) and off[at][0] < stop:
            low, high = off[at]
            if begin < low:
                left.append((begin, low))
            begin = max(begin, high)
            at += 1
        if begin < stop:
            left.append((begin, stop))
    return left


def total(spans: list[Span]) -> int:
    """Minutes in a merged list of intervals."""
    return sum(stop - start for start, stop in spans)


def common(one: list[Span], other: list[Span]) -> int:
    """Minutes that two merged lists share."""
    shared = mine = yours = 0
    while mine < len(one) and yours < len(other):
        low = max(one[mine][0], other[yours][0])
        high = min(one[mine][1], other[yours][1])
        shared += max(0, high - low)
        if one[mine][1] < other[yours][1]:
            mine += 1
        else:
            yours += 1
    return shared


def nth(spans: list[Span], count: int) -> int | None:
    """The start of the count-th minute of a merged list."""
    for start, stop in spans:
        if count <= stop - start:
            return start + count - 1
        count -= stop - start
    return None


def limits(row: Row, ctx: "Context") -> list[int]:
    """The moments after which minutes of the row do not count (X11)."""
    visit = ctx.visits.get(row.visit, {})
    departure = minute(visit.get("departure"))
    if departure is None:
        departure = minute(ctx.encounter.get("departure"))
    order = minute(ctx.encounter.get("inpatient_order"))
    return [m for m in (departure, order) if m is not None]


def departure_of(row: Row, ctx: "Context") -> int | None:
    """The departure that holds for the row."""
    own = minute(ctx.visits.get(row.visit, {}).get("departure"))
    return own if own is not None else minute(ctx.encounter.get("departure"))


def is_timed(row: Row) -> bool:
    """Whether a missing stop matters (T2)."""
    if row.cls == "hydration" and row.route == "intravenous":
        return row.method not in ("flush", "declot", "transfusion", "oral")
    if row.method == "pca":
        return row.raw.get("rate_ml_per_hr") is not None
    timed_routes = ("intravenous", "subcutaneous", "intra_arterial")
    return row.method in ("infusion", "pump_prolonged") and row.route in timed_routes


def computed_stop(row: Row) -> int | None:
    """Stop from volume and rate, rounded down."""
    volume, rate = row.raw.get("volume_ml"), row.raw.get("rate_ml_per_hr")
    if volume is None or not rate or row.start is None:
        return None
    return row.start + int(60 * float(volume) / float(rate) + 1e-9)


def missing_stop(row: Row, ctx: "Context") -> tuple[int | None, str]:
    """Stop and outcome of a timed row without a stop (T2)."""
    policy = (
        ctx.policies["missing_stop_hydration"]
        if row.cls == "hydration"
        else ctx.policies["missing_stop_therapeutic"]
    )
    ctx.findings.add(f"stop missing: {row.id}")
    for step in policy.split("_else_"):
        if step == "computed":
            stop = computed_stop(row)
            if stop is not None:
                return stop, "run"
        elif step == "last_charted":
            if row.last_charted is not None and row.start is not None:
                if row.last_charted >= row.start:
                    return row.last_charted, "run"
        else:
            return None, step
    return None, "none"


def time_row(row: Row, ctx: "Context") -> None:
    """Fill in the whole and the counted run of a row, its outcome and why it is gone."""
    ends = limits(row, ctx)
    chemo_pump = row.method == "pump_prolonged" and row.cls == "chemo"
    stop = row.stop
    timed = is_timed(row)
    if row.start is None:
        row.outcome = "none" if timed else "untimed"
        return
    if any(row.start > end for end in ends):
        row.gone = "X11"
    if stop is None and timed:
        open_pump = row.method == "pump_prolonged" and (chemo_pump or ctx.c8957)
        running = [
            end
            for end in ends
            if row.last_charted is not None
            and abs(row.last_charted - end) <= CHARTED_RUNNING
            and row.start <= end
        ]
        if running and not open_pump:
            stop, row.outcome = min(running), "run"
            ctx.findings.add(f"ends at departure or order: {row.id}")
        elif chemo_pump:
            row.outcome = "open"
        else:
            leave = departure_of(row, ctx)
            if row.method == "pump_prolonged" and not ctx.c8957 and leave is not None:
                stop, row.outcome = max(leave, row.start), "run"
            else:
                stop, row.outcome = missing_stop(row, ctx)
    elif timed:
        row.outcome = "run"
    if stop is not None:
        row.whole = subtract([(row.start, stop)], row.pauses)
    cut(row, ctx, ends, timed)


def arrival_of(row: Row, ctx: "Context") -> int | None:
    """When the reporting site took over a row that was running on arrival (X5)."""
    if not row.raw.get("started_before_arrival"):
        return None
    own = minute(ctx.visits.get(row.visit, {}).get("arrival"))
    return own if own is not None else minute(ctx.encounter.get("arrival"))


def cut(row: Row, ctx: "Context", ends: list[int], timed: bool) -> None:
    """Take off the minutes before takeover and after the end of the encounter (X5, X11)."""
    assert row.start is not None
    arrival = arrival_of(row, ctx)
    if arrival is not None:
        after = subtract(row.whole, [(row.start, arrival)])
        if row.whole and not after:
            row.gone = row.gone or "X5"
        runs = timed or row.method in ("infusion", "pump_prolonged")
        if not row.whole and not runs and row.start < arrival:
            row.gone = row.gone or "X5"
        row.whole = after
        row.start = max(row.start, arrival)
    row.counted = row.whole
    if ends:
        last = max([stop for _, stop in row.whole], default=0)
        row.counted = subtract(row.whole, [(min(ends), last)] if last > min(ends) else [])
