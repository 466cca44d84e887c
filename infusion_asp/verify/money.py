"""What lines are worth: US dollars by code, units and setting, with the year of the table."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from infusion_asp.model import Encounter
from infusion_asp.model.verification import Rates
from infusion_asp.rulebook import Rulebook
from infusion_asp.tables import Tables
from infusion_asp.tables.rates import PaymentStatus

CENT = Decimal("0.01")
_FACILITY_PLACE = re.compile(r"facility_place\((\d+)\)(?:\.| :- in_force)")
_SOURCES: dict[str, Literal["opps", "physician_fee_schedule"]] = {
    "facility": "opps",
    "professional": "physician_fee_schedule",
}
_NAMES = {"opps": "OPPS", "physician_fee_schedule": "physician fee schedule"}


@dataclass(frozen=True)
class Price:
    """What units of a code are worth; `note` says why it is nothing, or why it is not known."""

    amount: Decimal | None
    note: str = ""
    year: int | None = None


@dataclass(frozen=True)
class Money:
    """Amounts of lines under one setting and year.

    `beside` are the codes of the claim: a status that is packaged beside others needs them.
    `in_facility`: the physician's place of service is a facility, which has amounts of its own.
    """

    tables: Tables
    setting: str
    day: date | None = None
    beside: frozenset[str] = frozenset()
    in_facility: bool = False

    @classmethod
    def of(
        cls,
        encounter: Encounter,
        rulebook: Rulebook,
        tables: Tables,
        day: date | None,
        beside: Collection[str] = (),
    ) -> Money:
        """The money of one encounter; the rulebook knows which places are facilities."""
        place = encounter.place_of_service
        in_facility = place is not None and int(place) in facility_places(rulebook)
        return cls(tables, encounter.setting, day, frozenset(beside), in_facility)

    @property
    def source(self) -> Literal["opps", "physician_fee_schedule"]:
        """The payment system of the setting."""
        return _SOURCES[self.setting]

    def amount(self, code: str, units: int = 1) -> Decimal | None:
        """US dollars for the units; None where no rate is known."""
        return self.price(code, units).amount

    def price(self, code: str, units: int = 1) -> Price:
        """US dollars for the units, the year of the rate, and what its status says."""
        rate = self.tables.rate(self.source, code, self.day)
        if rate is None:
            return self._drug(code, units)
        status = self.tables.rates.status(self.source, rate.status)
        if self._packaged(code, status):
            return Price(Decimal(0), self._words(code, rate.status, status), rate.year)
        each = rate.in_facility if self.in_facility else rate.amount
        if each is None and self.tables.drugs.by_hcpcs(code):
            return self._drug(code, units)
        if each is None:
            return Price(None, self._words(code, rate.status, status), rate.year)
        return Price((each * units).quantize(CENT), "", rate.year)

    def rates(self, codes: Collection[str]) -> Rates | None:
        """The table that the amounts of these codes come from, with what is packaged."""
        year = self.tables.rate_year(self.source, self.day)
        if year is None:
            return None
        notes = []
        for code in sorted(set(codes)):
            price = self.price(code)
            if price.note:
                notes.append(price.note)
            elif price.year is not None and price.year != year:
                notes.append(f"{code}: rate of {price.year}")
        return Rates(source=self.source, year=year, note="; ".join(notes))

    def _packaged(self, code: str, status: PaymentStatus | None) -> bool:
        if status is None:
            return False
        if status.payment == "packaged":
            return True
        return status.payment == "conditional" and any(
            self._status_of(other) in status.packaged_beside
            for other in self.beside
            if other != code
        )

    def _status_of(self, code: str) -> str:
        rate = self.tables.rate(self.source, code, self.day)
        return "" if rate is None else rate.status

    def _drug(self, code: str, units: int) -> Price:
        """A drug line: the payment limit of the drug table, where the drug is paid separately."""
        rows = self.tables.drugs.by_hcpcs(code)
        if not rows or self.tables.drugs.unclassified(code):
            return Price(None, f"{code}: no rate is known")
        if self.setting == "facility":
            status = self.tables.rates.status(self.source, rows[0].opps_si)
            if self._packaged(code, status):
                return Price(Decimal(0), self._words(code, rows[0].opps_si, status))
            if status is None or status.payment != "separate":
                return Price(None, self._words(code, rows[0].opps_si, status))
        limit = next((row.payment_limit for row in rows if row.payment_limit is not None), None)
        imported = self.tables.payments.drug(code, self.day)
        if imported is not None:
            limit = imported.amount
        if limit is None:
            return Price(None, f"{code}: no rate is known")
        return Price((limit * units).quantize(CENT))

    def _words(self, code: str, status: str, meaning: PaymentStatus | None) -> str:
        if meaning is None or meaning.payment == "separate":
            return f"{code}: no rate is known"
        if self._packaged(code, meaning):
            return f"{code} is worth 0: {_NAMES[self.source]} status {status}, {meaning.meaning}"
        if meaning.payment == "conditional":
            return f"{code}: no rate is known"
        return f"{code}: no rate, {_NAMES[self.source]} status {status}, {meaning.meaning}"


@lru_cache(maxsize=8)
def facility_places(rulebook: Rulebook) -> frozenset[int]:
    """The places of service that the rules state to be facilities."""
    texts = (str(statement) for statement in rulebook.statements)
    found = (_FACILITY_PLACE.match(text) for text in texts)
    return frozenset(int(each.group(1)) for each in found if each)
