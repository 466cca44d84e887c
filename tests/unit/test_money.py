"""What lines are worth, in which year, and what a payment status says about it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from infusion_asp.model import parse_encounter
from infusion_asp.rulebook import load_rulebook
from infusion_asp.tables import load_tables
from infusion_asp.tables.rates import Rate
from infusion_asp.tables.store import import_files
from infusion_asp.verify.money import Money, facility_places
from tests.support import published

TABLES = load_tables()


def money(setting: str = "facility", day: str = "2025-11-03", **choices: object) -> Money:
    return Money(TABLES, setting, date.fromisoformat(day), **choices)  # type: ignore[arg-type]


def test_a_facility_is_paid_by_opps() -> None:
    assert money().amount("96413") == Decimal("331.69")
    assert money().amount("96415", 2) == Decimal("142.34")
    assert (rates := money().rates(["96413"])) is not None
    assert (rates.source, rates.year, rates.note) == ("opps", 2025, "")


@pytest.mark.parametrize(
    ("day", "amount", "year"),
    [
        ("2019-02-01", "57.90", 2025),
        ("2025-12-31", "57.90", 2025),
        ("2026-01-01", "67.14", 2026),
        ("2031-05-05", "67.14", 2026),
    ],
)
def test_a_professional_is_paid_by_the_fee_schedule_of_the_year(
    day: str, amount: str, year: int
) -> None:
    professional = money("professional", day)
    assert professional.price("96365").amount == Decimal(amount)
    assert professional.price("96365").year == year
    assert (rates := professional.rates([])) is not None and rates.year == year


def test_a_year_that_lacks_the_code_falls_back_and_says_so() -> None:
    professional = money("professional", "2026-03-01")
    assert professional.amount("99213") == Decimal("88.95")
    assert (rates := professional.rates(["99213"])) is not None
    assert rates.note == "99213: rate of 2025"


def test_a_facility_place_has_amounts_of_its_own() -> None:
    office = money("professional", place := "2025-06-01")
    assert office.amount("96440") == Decimal("692.86")
    assert money("professional", place, in_facility=True).amount("96440") == Decimal("131.00")
    assert money("professional", place, in_facility=True).amount("96365") is None


def test_the_place_of_service_decides() -> None:
    book = load_rulebook()
    assert {19, 22, 61} <= facility_places(book)
    assert not {11, 12} & facility_places(book)
    for place, inside in (("11", False), ("22", True), (None, False)):
        record = {"encounter_id": "e", "setting": "professional"}
        record |= {"place_of_service": place} if place else {}
        assert Money.of(parse_encounter(record), book, TABLES, None).in_facility is inside


def test_packaged_is_worth_nothing_and_says_so() -> None:
    assert money().amount("96376", 3) == 0
    assert (rates := money().rates(["96376", "96413"])) is not None
    assert rates.note == (
        "96376 is worth 0: OPPS status N, packaged into the payment of other services"
    )


def test_conditional_packaging_looks_at_the_other_codes() -> None:
    alone = money(beside=frozenset({"96372"}))
    assert alone.amount("96372", 2) == Decimal("142.34")
    beside = money(beside=frozenset({"96372", "96365"}))
    assert beside.amount("96372") == 0
    assert "status Q1" in beside.price("96372").note
    assert money("professional", beside=frozenset({"96523", "96365"})).amount("96523") == 0
    assert money("professional", beside=frozenset({"96523"})).amount("96523") == Decimal("23.29")


@pytest.mark.parametrize("code", ["96380", "99601", "Q0083", "X9999"])
def test_no_rate_is_none_not_zero(code: str) -> None:
    assert money().amount(code) is None
    assert code in money().price(code).note


def test_a_drug_is_worth_its_payment_limit() -> None:
    assert money().amount("J1745", 40) == Decimal("1296.92")
    assert money("professional").amount("J1745", 1) == Decimal("32.42")
    assert money().amount("J1200", 1) == 0
    assert "status N" in money().price("J1200").note
    assert money().amount("J3490") is None


def test_imported_rates_take_the_place_of_their_year_only() -> None:
    newer = Rate("96365", "opps", 2027, "S", Decimal("250.00"))
    rates = TABLES.rates.adding([newer])
    assert rates.years("opps") == (2025, 2027)
    assert rates.rate("opps", "96365", 2026).amount == Decimal("210.690")  # type: ignore[union-attr]
    assert rates.rate("opps", "96365", 2027).amount == Decimal("250.00")  # type: ignore[union-attr]


def test_every_status_of_the_tables_has_a_meaning() -> None:
    for source in ("opps", "physician_fee_schedule"):
        for code in TABLES.codes:
            for year in TABLES.rates.years(source):
                rate = TABLES.rates.rate(source, code, year)
                if rate is not None and rate.status:
                    assert TABLES.rates.status(source, rate.status), (code, rate.status)
    for row in TABLES.drugs.rows:
        if row.opps_si:
            assert TABLES.rates.status("opps", row.opps_si), row.hcpcs


def test_imported_quarters_are_used_for_amounts(tmp_path: Path) -> None:
    store = tmp_path / "store"
    name = "508 version of July 2027 Web Addendum B.csv"
    content = published.addendum_b([("96413", "S", "5694", "$400.00"), ("96415", "N", "", "")])
    import_files("opps", [published.file(tmp_path / name, content)], directory=store)
    name = "July 2027 Medicare Part B Payment Limit File.csv"
    content = published.limit_prices([("J1745", "10 MG", "20.5")], "July 1, 2027")
    import_files("asp", [published.file(tmp_path / name, content)], directory=store)
    tables = load_tables(store=store)
    facility = Money(tables, "facility", date(2027, 8, 1))
    assert facility.amount("96413") == Decimal("400.00")
    assert facility.amount("96415") == Decimal(0)
    assert (rates := facility.rates(["96413"])) is not None and rates.year == 2027
    assert Money(tables, "facility", date(2025, 8, 1)).amount("96415") == Decimal("71.17")
    assert Money(tables, "professional", date(2027, 8, 1)).amount("J1745", 2) == Decimal("41.00")
