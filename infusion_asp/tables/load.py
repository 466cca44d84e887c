"""Reading the tables of a directory once, and every question that is asked of them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from infusion_asp.tables.doses import Units
from infusion_asp.tables.drugs import DrugTable, row_key, split_list, unit_names
from infusion_asp.tables.edits import Edits, read_edits
from infusion_asp.tables.names import Words
from infusion_asp.tables.patterns import FluidTable, PatternTable
from infusion_asp.tables.payments import Payments
from infusion_asp.tables.rates import Rate, nearest_year, read_rates
from infusion_asp.tables.rows import (
    BagText,
    CodeRow,
    DrugRow,
    Electrolyte,
    Fluid,
    Route,
    Special,
    TableVersion,
)
from infusion_asp.tables.store.catalog import Catalog, Stamp, stamp
from infusion_asp.tables.store.place import data_directory
from infusion_asp.tables.store.release import Release

Row = Mapping[str, str]
_EDIT_TABLES = {"ptp": "ptp_edits", "mue": "mue", "aoc": "addon_edits"}


class Tables:
    """All tables of one directory; values are frozen, lookups have no side effect.

    Imported quarters of `stored` stand beside the shipped one.
    """

    def __init__(self, directory: Path, stored: Sequence[Release] = ()) -> None:
        self._given = directory, tuple(stored)

        def read(name: str) -> list[dict[str, str]]:
            with (directory / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))

        unit_rows = read("units")
        lists = {row["kind"]: split_list(row["words"]) for row in read("name_words")}
        self.words = Words.read(lists, unit_names(unit_rows), unit_names(unit_rows, "volume"))
        self.units = Units(unit_rows)
        self._routes = _routes(read("routes"))
        self._fluids = FluidTable(read("fluids"), read("electrolytes"), self.words)
        self.drugs = DrugTable(
            [self._drug(row) for row in read("drugs")],
            self.words,
            frozenset(row["code"] for row in read("unclassified_codes")),
        )
        self.codes = {row["code"]: _code(row) for row in read("codes") + read("more_codes")}
        self.rates = read_rates(read("rates"), read("statuses"))
        self._versions = tuple(_version(row) for row in read("versions"))
        shipped = read_edits(
            read("ptp_edits"), read("mue"), read("addon_edits"), self._shipped_versions
        )
        self.edits: Edits = shipped.adding(stored)
        self.payments = Payments.of(stored)
        self._vaccines = PatternTable(read("vaccines"))
        self._specials = PatternTable(read("special_drugs"))

    def __reduce__(self) -> tuple[Any, ...]:
        return Tables, self._given

    def fluid(self, name: str) -> Fluid | None:
        """The fluid a text names (class hydration or therapeutic), or None."""
        return self._fluids.fluid(name)

    def bag(self, name: str) -> BagText | None:
        """A fluid with the electrolytes its text names, or None if it names anything else."""
        return self._fluids.bag(name)

    def electrolyte(self, name: str) -> Electrolyte | None:
        """The electrolyte a text names, or None."""
        return self._fluids.electrolyte(name)

    def route(self, text: str) -> Route | None:
        """The route that a text or abbreviation means, or None for an unknown one."""
        plain = " ".join(text.lower().split())
        return self._routes.get(plain) or self._routes.get(plain.replace(" ", "_"))

    def route_names(self) -> tuple[str, ...]:
        """The canonical routes, in table order."""
        return tuple(dict.fromkeys(route.route for route in self._routes.values()))

    def vaccine(self, name: str) -> str | None:
        """covid19, influenza, pneumococcal, hepatitis_b, other, allergen, or None."""
        found = self._vaccines.find(name)
        return found.kind if found else None

    def special(self, name: str) -> Special | None:
        """The rules of its own that a drug has (thrombolytic, car_t, ...), or None."""
        return self._specials.find(name)

    def drug_key(self, name: str) -> str:
        """The key that is equal for the same drug: the generic of the drug table.

        An unknown drug is its own text without case, strength and form.
        """
        if bag := self.bag(name):
            added = (additive.electrolyte.electrolyte for additive in bag.additives)
            return " + ".join([bag.fluid.fluid.lower(), *sorted(added)])
        if electrolyte := self.electrolyte(name):
            return electrolyte.electrolyte
        row = self.drugs.find(name)
        return row.key if row else self.words.bare(name)

    def find(self, name: str, hcpcs: str | None = None, route: str | None = None) -> DrugRow | None:
        """The row of a drug by its code, else by name; among equals the one of the route.

        A fluid or an electrolyte is found only under its own name: no row of normal saline
        answers for hypertonic saline (`fluid` and `electrolyte` give their class).
        """
        if hcpcs and not self.drugs.unclassified(hcpcs) and self.drugs.by_hcpcs(hcpcs):
            return self.drugs.find(name, hcpcs, route)
        if self.bag(name) or self.electrolyte(name):
            return self.drugs.by_key(self.drug_key(name))
        return self.drugs.find(name, None, route)

    def rate(self, source: str, code: str, day: date | None) -> Rate | None:
        """The payment of a code: of the year of the day, else of the last year before it.

        Of one year an imported quarter is preferred to the shipped rate.
        """
        year = self._rate_year(source, day)
        shipped = self.rates.rate(source, code, year)
        paid = self.payments.rate(source, code, day)
        if paid is None:
            return shipped
        imported = Rate(code, source, paid.year, paid.status, paid.amount, paid.in_facility)
        return nearest_year([imported, shipped], year)

    def rate_year(self, source: str, day: date | None) -> int | None:
        """The year of the table that payments of a day are taken from; None: there is none."""
        year = self._rate_year(source, day)
        shipped, imported = self.rates.year(source, year), self.payments.year(source, day)
        found = [each for each in (shipped, imported) if each is not None]
        return min(found, key=lambda each: (each > year, abs(year - each)), default=None)

    def drug_statuses(self, code: str, day: date | None) -> tuple[str, ...]:
        """The outpatient payment statuses of a drug code: of an imported quarter, else shipped.

        The shipped ones are of one quarter: an imported quarter that begins after the day does
        not take their place, nor does one of an earlier year, but for days of that year.
        """
        shipped = tuple(row.opps_si for row in self.drugs.by_hcpcs(code) if row.opps_si)
        paid = self.payments.rate("opps", code, day)
        if paid is None or not paid.status:
            return shipped
        newest = max(self.rates.years("opps"), default=0)
        begun = day is None or paid.start <= day
        near = paid.year >= newest or (day is not None and paid.year == day.year)
        return (paid.status,) if (begun and near) or not shipped else shipped

    def _rate_year(self, source: str, day: date | None) -> int:
        if day is not None:
            return day.year
        imported = self.payments.year(source, None) or 0
        return max(imported, *self.rates.years(source), 0)

    def versions(self, setting: str | None = None, day: date | None = None) -> dict[str, str]:
        """Version (quarter) of every table, by name: of those shipped, or of those used.

        With a setting, payer edits have the quarter that is used for the day, and imported
        payment tables are named too.
        """
        found = dict(self._shipped_versions)
        if setting is not None:
            for each in self.edits.quarters(setting, day):
                found[_EDIT_TABLES[each.table]] = str(each.used)
            found |= self.payments.used(day)
        return found

    @property
    def _shipped_versions(self) -> dict[str, str]:
        return {row.table: row.version for row in self._versions}

    def table_versions(self) -> tuple[TableVersion, ...]:
        """Version, source, rows and digest of every table."""
        return self._versions

    def _key(self, generic: str) -> str:
        if fluid := self.fluid(generic):
            return fluid.fluid.lower()
        if electrolyte := self.electrolyte(generic):
            return electrolyte.electrolyte
        return row_key(generic, self.words)

    def _drug(self, row: Row) -> DrugRow:
        routes = (self.route(text.split()[0]) for text in split_list(row["routes"]))
        return DrugRow(
            key=self._key(row["generic"]),
            generic=row["generic"],
            brands=split_list(row["brand"]),
            aliases=split_list(row["aliases"]),
            hcpcs=row["hcpcs"],
            billing_amount=_number(row["billing_amount"]),
            billing_unit=row["billing_unit"],
            other_amount=_number(row["other_amount"]),
            other_unit=row["other_unit"],
            routes=frozenset(route.route for route in routes if route),
            container=row["container"],
            category=row["category"],
            alt_category=row["alt_category"],
            own_administration=split_list(row["own_administration"]),
            opps_si=row["opps_si"],
            payment_limit=_number(row["payment_limit"]),
            certainty=row["certainty"],
        )


def shipped_tables() -> Path:
    """The tables inside the installed package, or those of the checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "_logic" / "tables"
    return inside if inside.is_dir() else package.parent / "logic" / "tables"


def load_tables(directory: Path | None = None, store: Path | None = None) -> Tables:
    """The tables of a directory, the shipped ones by default, and the imported quarters.

    They are read once a process, and again when something was imported or removed.
    """
    stored = data_directory() if store is None else store
    given = shipped_tables() if directory is None else Path(directory).resolve()
    return _loaded(given, stored, stamp(stored))


@lru_cache(maxsize=8)
def _loaded(directory: Path, stored: Path, state: Stamp) -> Tables:
    return Tables(directory, Catalog.read(stored).releases)


def _routes(rows: Sequence[Row]) -> dict[str, Route]:
    found: dict[str, Route] = {}
    for row in rows:
        route = Route(row["route"], row["family"])
        for text in (row["route"], row["route"].replace("_", " "), *split_list(row["texts"])):
            found.setdefault(text, route)
    return found


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except ArithmeticError:
        return None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _code(row: Row) -> CodeRow:
    return CodeRow(
        code=row["code"],
        label=row["label"],
        family=row["family"],
        role=row["role"],
        section=row["section"],
        facility_ok=row["facility_ok"],
        professional_ok=row["professional_ok"],
        professional_ok_in_facility_pos=row["professional_ok_in_facility_pos"],
        allowed_parents=split_list(row["allowed_parents"]),
        opps_si=row["opps_si"],
        opps_apc=row["opps_apc"],
        date_from=_day(row["from"]),
        date_to=_day(row["to"]),
        certainty=row["certainty"],
    )


def _version(row: Row) -> TableVersion:
    return TableVersion(
        row["table"], row["version"], row["source"], int(row["rows"]), row["sha256"]
    )
