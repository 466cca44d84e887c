"""Payments of imported quarters: fee schedule, OPPS and Part B limits, chosen by the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from infusion_asp.tables.store.layouts import real_day
from infusion_asp.tables.store.quarter import Quarter
from infusion_asp.tables.store.release import Release

_KINDS = {"opps": "opps", "physician_fee_schedule": "pfs"}
_LIMITS = "asp"
_CODES = "hcpcs"


@dataclass(frozen=True, slots=True)
class Payment:
    """The payment of one unit of a code in one quarter, in US dollars; None: none published.

    `in_facility` is the physician's amount where the place of service is a facility.
    """

    code: str
    source: str
    quarter: Quarter
    status: str
    amount: Decimal | None
    in_facility: Decimal | None = None

    @property
    def year(self) -> int:
        """The year of the quarter."""
        return self.quarter.year

    @property
    def start(self) -> date:
        """The first day on which it holds."""
        return self.quarter.start


@dataclass(frozen=True, slots=True)
class CodeDates:
    """When a HCPCS code was added and when it ended, by an imported table."""

    code: str
    quarter: Quarter
    added: date | None
    ended: date | None

    def valid(self, day: date) -> bool:
        """Whether the code may be used on a day; the date of ending is its last day."""
        return (self.added is None or self.added <= day) and (
            self.ended is None or day <= self.ended
        )


@dataclass(frozen=True)
class Payments:
    """The imported quarters of payment tables and codes, oldest first."""

    _releases: Mapping[str, tuple[Release, ...]]

    @classmethod
    def of(cls, releases: Sequence[Release]) -> Payments:
        """Those of the releases that are about payments or codes."""
        kinds = (*_KINDS.values(), _LIMITS, _CODES)
        return cls(
            {
                kind: tuple(
                    sorted(
                        (each for each in releases if each.kind == kind),
                        key=lambda each: each.quarter,
                    )
                )
                for kind in kinds
            }
        )

    def rate(self, source: str, code: str, day: date | None) -> Payment | None:
        """The payment of a code by `opps` or `physician_fee_schedule`.

        It is that of the latest imported quarter that is not after the day, else of the first;
        None where nothing is imported, or that quarter does not list the code.
        """
        kind = _KINDS[source]
        release = self._chosen(kind, day)
        if release is None:
            return None
        if kind == "opps":
            rows = release.select("status, amount, ''", "code = ?", [code])
        else:
            rows = release.select(
                "status, amount, in_facility", "code = ? AND modifier = ''", [code]
            )
        if not rows:
            return None
        status, amount, in_facility = rows[0]
        return Payment(code, source, release.quarter, status, _money(amount), _money(in_facility))

    def drug(self, code: str, day: date | None) -> Payment | None:
        """The Part B payment limit of one billing unit of a drug code; chosen as in `rate`."""
        release = self._chosen(_LIMITS, day)
        rows = release.select("amount", "code = ?", [code]) if release else []
        if release is None or not rows:
            return None
        return Payment(code, _LIMITS, release.quarter, "", _money(rows[0][0]))

    def code(self, code: str, day: date | None) -> CodeDates | None:
        """When a HCPCS code was added and ended; None where no imported table lists it."""
        release = self._chosen(_CODES, day)
        rows = release.select("added, ended", "code = ?", [code]) if release else []
        if release is None or not rows:
            return None
        return CodeDates(code, release.quarter, real_day(rows[0][0]), real_day(rows[0][1]))

    def quarter(self, kind: str, day: date | None) -> Quarter | None:
        """The imported quarter of `opps`, `pfs`, `asp` or `hcpcs` that is used for a day."""
        release = self._chosen(kind, day)
        return release.quarter if release else None

    def year(self, source: str, day: date | None) -> int | None:
        """The year of the imported quarter of a source that is used for a day."""
        quarter = self.quarter(_KINDS[source], day)
        return quarter.year if quarter else None

    def used(self, day: date | None) -> dict[str, str]:
        """The imported quarter of each table, by its name."""
        found = ((kind, self.quarter(kind, day)) for kind in self._releases)
        return {kind: str(quarter) for kind, quarter in found if quarter is not None}

    def _chosen(self, kind: str, day: date | None) -> Release | None:
        releases = self._releases.get(kind, ())
        if not releases or day is None:
            return releases[-1] if releases else None
        begun = [each for each in releases if each.quarter.start <= day]
        return begun[-1] if begun else releases[0]


def _money(text: str) -> Decimal | None:
    return Decimal(text) if text else None
