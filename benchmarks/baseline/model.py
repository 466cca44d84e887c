"""The records that the steps of the baseline hand to each other."""

from dataclasses import dataclass, field
from typing import Any

Span = tuple[int, int]


@dataclass(frozen=True)
class Line:
    """One claim line; `date` is an ISO date or None, `modifiers` are sorted."""

    section: str
    code: str
    units: int
    modifiers: tuple[str, ...]
    date: str | None
    administrations: tuple[str, ...]


@dataclass
class BaselineResult:
    """Lines of the claim, findings (short texts) and the rule that kept an administration out."""

    lines: list[Line]
    findings: set[str]
    not_reported: dict[str, str]


@dataclass
class Row:
    """One administration with its defaults filled in; minutes since an arbitrary epoch."""

    id: str
    order: int
    raw: dict[str, Any]
    members: tuple[str, ...]
    route: str | None
    method: str
    access: str
    visit: str
    start: int | None
    stop: int | None
    pauses: list[Span]
    last_charted: int | None
    category: str = "therapeutic"
    explicit: bool = False
    unknown: bool = False
    cls: str = "ther"
    whole: list[Span] = field(default_factory=list)
    counted: list[Span] = field(default_factory=list)
    outcome: str = "untimed"  # run, push (no stop), open (pump without stop), none, untimed
    gone: str | None = None

    @property
    def key(self) -> frozenset[str]:
        return frozenset(self.members)


@dataclass
class Bag:
    """One bag or syringe (C4, T8): rows that are one service before repeats are looked at."""

    rows: list[Row]
    key: frozenset[str]
    cls: str
    category: str
    route: str
    method: str
    access: str
    visit: str
    order: int
    start: int | None
    counted: list[Span]
    minutes: int | None
    kind: str  # push, infusion, hydration, pump, injection, ...
    discontinued: bool = False

    @property
    def ids(self) -> list[str]:
        return [row.id for row in self.rows]


@dataclass
class Service:
    """One service of the order of section 8 in its scope."""

    kind: str  # infusion, push, hydration
    cls: str
    bags: list[Bag]
    spans: list[Span]
    start: int | None
    minutes: int
    order: int
    key: frozenset[str] = frozenset()
    absorbed: list[str] = field(default_factory=list)
    eligible: bool = True
    style: str = "service"  # service, hour (further_hour_each)
    role: str = "subsequent"
    shortened: bool = False

    @property
    def ids(self) -> list[str]:
        return [i for bag in self.bags for i in bag.ids] + self.absorbed

    def afresh(self) -> "Service":
        """The service without a role, to be assigned one; what is only read is shared."""
        return Service(
            self.kind,
            self.cls,
            self.bags,
            self.spans,
            self.start,
            self.minutes,
            self.order,
            self.key,
            self.absorbed,
            self.eligible,
            self.style,
        )


@dataclass
class Earned:
    """One unit of a code before lines are made."""

    code: str
    minute: int | None
    ids: list[str]
    section: str = "administration"
    modifiers: set[str] = field(default_factory=set)
    order_line: bool = False
    units: int = 1
    visit: str = ""
    start: int | None = None
