"""Payment rates by year: what a code is worth, and what its payment status means for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

Row = Mapping[str, str]

OPPS = "opps"
FEE_SCHEDULE = "physician_fee_schedule"

_STATUS = {OPPS: re.compile(r"opps_si_(\d{4})"), FEE_SCHEDULE: re.compile(r"mpfs_status_(\d{4})")}
_AMOUNT = {
    OPPS: re.compile(r"opps_payment_(\d{4})"),
    FEE_SCHEDULE: re.compile(r"mpfs_nonfac_amount_(\d{4})"),
}
_IN_FACILITY = re.compile(r"mpfs_facility_amount_(\d{4})")


@dataclass(frozen=True, slots=True)
class Rate:
    """The payment of one unit of a code in one year, in US dollars; None: none published."""

    code: str
    source: str
    year: int
    status: str
    amount: Decimal | None
    in_facility: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PaymentStatus:
    """What a payment status means: `payment` is separate, packaged, conditional, or not here.

    A conditional one is packaged beside another code with a status of `packaged_beside`.
    """

    source: str
    status: str
    payment: str
    packaged_beside: frozenset[str]
    meaning: str


@dataclass(frozen=True)
class RateTable:
    """The rates of every year that is loaded."""

    _rates: Mapping[tuple[str, str], tuple[Rate, ...]]
    _statuses: Mapping[tuple[str, str], PaymentStatus]
    _years: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def rate(self, source: str, code: str, year: int) -> Rate | None:
        """The rate of the latest year that is not after `year`, else of the nearest."""
        rows = self._rates.get((source, code), ())
        return _nearest(rows, year)

    def year(self, source: str, year: int) -> int | None:
        """The year of the table that holds for `year`; None where the source has none."""
        years = self._years.get(source, ())
        earlier = [each for each in years if each <= year]
        return max(earlier) if earlier else min(years, default=None)

    def years(self, source: str) -> tuple[int, ...]:
        """The years that are loaded, in order."""
        return self._years.get(source, ())

    def status(self, source: str, status: str) -> PaymentStatus | None:
        """What a status means; None for one that we do not know."""
        return self._statuses.get((source, status))

    def adding(self, rates: Iterable[Rate]) -> RateTable:
        """The same with further rates, which take the place of those of their year."""
        return _table((*(each for rows in self._rates.values() for each in rows), *rates), self)


def nearest_year(rates: Iterable[Rate | None], year: int) -> Rate | None:
    """The first rate of the year, else of the last year before it, else of the next one."""
    known = [rate for rate in rates if rate is not None]
    return min(known, key=lambda rate: (rate.year > year, abs(year - rate.year)), default=None)


def read_rates(rows: Sequence[Row], statuses: Sequence[Row]) -> RateTable:
    """Builds the table from its rows; the years stand in the names of the columns."""
    known = {
        (row["source"], row["status"]): PaymentStatus(
            row["source"],
            row["status"],
            row["payment"],
            frozenset(row["packaged_beside"].split()),
            row["meaning"],
        )
        for row in statuses
    }
    empty = RateTable({}, MappingProxyType(known))
    return _table([rate for row in rows for rate in _of_row(row)], empty)


def _of_row(row: Row) -> Iterable[Rate]:
    for source in (OPPS, FEE_SCHEDULE):
        statuses = _by_year(row, _STATUS[source])
        amounts = _by_year(row, _AMOUNT[source])
        places = _by_year(row, _IN_FACILITY) if source == FEE_SCHEDULE else {}
        for year in sorted(statuses.keys() | amounts.keys()):
            status, amount = statuses.get(year, ""), amounts.get(year)
            if status or amount:
                yield Rate(
                    row["code"],
                    source,
                    year,
                    status,
                    Decimal(amount) if amount else None,
                    Decimal(places[year]) if places.get(year) else None,
                )


def _by_year(row: Row, column: re.Pattern[str]) -> dict[int, str]:
    found = ((column.match(name), value) for name, value in row.items())
    return {int(match.group(1)): value for match, value in found if match and value}


def _table(rates: Iterable[Rate], known: RateTable) -> RateTable:
    found: dict[tuple[str, str], dict[int, Rate]] = {}
    for rate in rates:
        found.setdefault((rate.source, rate.code), {})[rate.year] = rate
    years: dict[str, set[int]] = {}
    for (source, _), of_code in found.items():
        years.setdefault(source, set()).update(of_code)
    return RateTable(
        {key: tuple(of_code[year] for year in sorted(of_code)) for key, of_code in found.items()},
        known._statuses,
        {source: tuple(sorted(each)) for source, each in years.items()},
    )


def _nearest(rows: Sequence[Rate], year: int) -> Rate | None:
    earlier = [rate for rate in rows if rate.year <= year]
    return earlier[-1] if earlier else (rows[0] if rows else None)
