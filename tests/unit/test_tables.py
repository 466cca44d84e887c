"""The data tables: names, fluids, doses, routes and payer edits."""

from __future__ import annotations

import csv
import hashlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from infusion_asp.tables import Tables, load_tables

DIRECTORY = Path(__file__).resolve().parents[2] / "logic" / "tables"


@pytest.fixture(scope="module")
def tables() -> Tables:
    return load_tables(DIRECTORY)


def test_tables_are_read_once(tables: Tables) -> None:
    assert load_tables(DIRECTORY) is tables
    assert load_tables() is tables


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (["infliximab", "Remicade 100 mg vial", "infliximab-dyyb", "INFLECTRA"], "infliximab"),
        (["Solu-Medrol 125 mg", "methylprednisolone"], "methylprednisolone"),
        (["Privigen", "Gamunex-C 10 %", "immune globulin intravenous", "IVIG"], "immune globulin"),
        (["Rocephin 1 gm IVPB", "ceftriaxone sodium 2 g", "Ceftriaxone"], "ceftriaxone"),
        (["5-FU", "fluorouracil 500 mg/10 mL"], "fluorouracil"),
        (["NS 1000 mL", "0.9 % sodium chloride", "normal saline 500 ml bag"], "normal saline"),
        (["KCl 20 mEq", "potassium chloride"], "potassium chloride"),
        (["Drug A", "drug a 5 mg"], "drug a"),
        (["Stelara IV", "ustekinumab (SC)", "ustekinumab 130 mg"], "ustekinumab"),
        (["vancomycin 1 g in NS 250 mL", "Vancomycin"], "vancomycin"),
    ],
)
def test_the_same_drug(tables: Tables, names: list[str], key: str) -> None:
    assert {tables.drug_key(name) for name in names} == {key}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("drug A", "drug B"),
        ("doxorubicin", "Doxil"),
        ("paclitaxel", "Abraxane"),
        ("rituximab", "Rituxan Hycela"),
        ("heparin", "heparin lock flush"),
        ("potassium chloride", "potassium phosphate"),
        ("normal saline", "hypertonic saline 3 %"),
        ("test-drug", "test-dose"),
    ],
)
def test_different_drugs(tables: Tables, one: str, other: str) -> None:
    assert tables.drug_key(one) != tables.drug_key(other)


@pytest.mark.parametrize(
    ("name", "hcpcs", "route", "expected"),
    [
        ("Inflectra", None, None, "Q5103"),
        ("anything", "J1745", None, "J1745"),
        ("ketamine", "J3490", None, "J3490"),
        ("ustekinumab", None, "subcutaneous", "J3357"),
        ("ustekinumab", None, "intravenous", "J3358"),
        ("leuprolide", None, None, "J1952"),
        ("Midazolam (Versed)", None, None, "J2250"),
        ("Bactrim (SMX/TMP)", None, None, "J2865"),
        ("LR", None, None, "J7120"),
    ],
)
def test_find(
    tables: Tables, name: str, hcpcs: str | None, route: str | None, expected: str
) -> None:
    row = tables.find(name, hcpcs, route)
    assert row is not None
    assert row.hcpcs == expected


@pytest.mark.parametrize("name", ["drug A", "sodium chloride 3 %", "half saline", "iv", "generic"])
def test_not_found(tables: Tables, name: str) -> None:
    assert tables.find(name) is None


def test_an_unclassified_code_names_no_drug(tables: Tables) -> None:
    assert tables.find("drug A", "J3490") is None
    assert tables.drugs.unclassified("J3590")
    assert not tables.drugs.unclassified("J1745")


def test_every_row_finds_itself(tables: Tables) -> None:
    for row in tables.drugs.rows:
        found = tables.find(row.generic)
        assert found is not None, row.generic
        assert found.key == row.key
        assert tables.drug_key(row.generic) == row.key


@pytest.mark.parametrize(
    ("name", "fluid_class"),
    [
        ("normal saline", "hydration"),
        ("0.9% NaCl", "hydration"),
        ("1/2 NS", "hydration"),
        ("sodium chloride 0.45 %", "hydration"),
        ("sodium chloride 1.7 %", "hydration"),
        ("sodium chloride 1.8 %", "therapeutic"),
        ("hypertonic saline", "therapeutic"),
        ("Lactated Ringer's 1,000 mL", "hydration"),
        ("ringer acetate", "hydration"),
        ("Plasma-Lyte A", "hydration"),
        ("Normosol-R", "hydration"),
        ("D5W", "hydration"),
        ("dextrose 5 %", "hydration"),
        ("D5 1/2NS", "hydration"),
        ("D5NS", "hydration"),
        ("dextrose 5% in 0.45% saline", "hydration"),
        ("D5LR", "hydration"),
        ("dextrose 10 %", "therapeutic"),
        ("D10W", "therapeutic"),
        ("D10 1/2NS", "therapeutic"),
        ("mannitol 20 %", "therapeutic"),
        ("Intralipid 20%", "therapeutic"),
        ("TPN", "therapeutic"),
    ],
)
def test_fluids(tables: Tables, name: str, fluid_class: str) -> None:
    fluid = tables.fluid(name)
    assert fluid is not None
    assert fluid.fluid_class == fluid_class


@pytest.mark.parametrize("name", ["albumin 5 %", "fresh frozen plasma", "vancomycin", "drug A"])
def test_no_fluids(tables: Tables, name: str) -> None:
    assert tables.fluid(name) is None


@pytest.mark.parametrize(
    ("text", "fluid", "electrolyte", "meq", "per_litre"),
    [
        ("d5 1/2ns with 20 meq kcl", "D5 half saline", "potassium chloride", "20", False),
        ("NS + KCl 40 mEq/L", "normal saline", "potassium chloride", "40", True),
        ("potassium chloride 10 mEq in NS 100 mL", "normal saline", "potassium chloride", "10", 0),
        ("D5W with magnesium sulfate 2 g", "D5W", "magnesium sulfate", None, False),
    ],
)
def test_bags(
    tables: Tables, text: str, fluid: str, electrolyte: str, meq: str | None, per_litre: bool
) -> None:
    bag = tables.bag(text)
    assert bag is not None
    (additive,) = bag.additives
    assert (bag.fluid.fluid, additive.electrolyte.electrolyte) == (fluid, electrolyte)
    assert additive.meq == (None if meq is None else Decimal(meq))
    assert additive.per_litre == per_litre


def test_a_drug_in_a_fluid_is_no_bag_of_fluid(tables: Tables) -> None:
    assert tables.bag("vancomycin in NS 250 mL") is None
    assert tables.bag("dexamethasone + ondansetron") is None


@pytest.mark.parametrize(
    ("hcpcs", "dose", "unit", "expected"),
    [
        ("J1745", "400", "mg", (40, 1)),
        ("J1745", "0.4", "g", (40, 1)),
        ("J1745", "405", "mg", (81, 2)),
        ("J1644", "5000", "units", (5, 1)),
        ("J1644", "5000", "IU", (5, 1)),
        ("J3480", "20", "mEq", (10, 1)),
        ("J7030", "1", "L", (1, 1)),
        ("J7030", "500", "mL", (1, 2)),
        ("J2790", "1500", "iu", (1, 1)),
        ("J2790", "300", "mcg", (1, 1)),
        ("J2405", "4000", "mcg", (4, 1)),
    ],
)
def test_doses(tables: Tables, hcpcs: str, dose: str, unit: str, expected: tuple[int, int]) -> None:
    (row, *_) = tables.drugs.by_hcpcs(hcpcs)
    found = tables.units.dose_and_unit(Decimal(dose), unit, row)
    assert found is not None
    assert found[0] * expected[1] == expected[0] * found[1]


def test_doses_share_one_denominator(tables: Tables) -> None:
    (row, *_) = tables.drugs.by_hcpcs("J1745")
    doses = [(Decimal("0.5"), "mg"), (Decimal("1"), "g")]
    assert tables.units.doses_and_unit(doses, row) == ((1, 2000), 20)


def test_doses_that_cannot_be_compared(tables: Tables) -> None:
    (row, *_) = tables.drugs.by_hcpcs("J1745")
    assert tables.units.dose_and_unit(Decimal(5), "mL", row) is None
    assert tables.units.dose_and_unit(Decimal(5), "puffs", row) is None
    assert tables.units.dose_and_unit(Decimal("0.000000001"), "ng", row) is None
    unclassified = tables.find("ketamine")
    assert unclassified is not None
    assert tables.units.dose_and_unit(Decimal(5), "mg", unclassified) is None


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("IV", "intravenous"),
        ("IVPB", "intravenous"),
        ("IM", "intramuscular"),
        ("SubQ", "subcutaneous"),
        ("PO", "oral"),
        ("intra-articular", "intra_articular"),
        ("nerve block", "nerve_block"),
    ],
)
def test_routes(tables: Tables, text: str, route: str) -> None:
    found = tables.route(text)
    assert found is not None
    assert found.route == route


def test_an_unknown_route(tables: Tables) -> None:
    assert tables.route("sideways") is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("COVID-19 vaccine (Comirnaty)", "covid19"),
        ("influenza vaccine", "influenza"),
        ("Prevnar 20", "pneumococcal"),
        ("Engerix-B", "hepatitis_b"),
        ("tetanus and diphtheria toxoids", "other"),
        ("rabies vaccine", "other"),
        ("venom immunotherapy", "allergen"),
        ("ceftriaxone", None),
        ("hepatitis B immune globulin", None),
        ("rabies immune globulin", None),
    ],
)
def test_vaccines(tables: Tables, name: str, kind: str | None) -> None:
    assert tables.vaccine(name) == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("alteplase", "thrombolytic"),
        ("Botox", "botulinum"),
        ("Kymriah", "car_t"),
        ("nirsevimab", "rsv_antibody"),
        ("cabotegravir PrEP", "named_prep"),
        ("nusinersen", "nusinersen"),
        ("HyperRAB", "rabies_ig"),
        ("rho(d) immune globulin", "immune_globulin"),
        ("packed red cells", "blood_product"),
        ("fresh frozen plasma", "blood_product"),
        ("plasma protein fraction", "plasma_derivative"),
        ("iohexol", "contrast"),
        ("infliximab", None),
        ("Plasma-Lyte", None),
    ],
)
def test_special_drugs(tables: Tables, name: str, kind: str | None) -> None:
    found = tables.special(name)
    assert (found.kind if found else None) == kind


def test_pairs_of_the_quarter(tables: Tables) -> None:
    day = date(2025, 3, 3)

    def indicator(one: str, two: str, setting: str) -> str | None:
        found = [r for r in tables.edits.ptp([one, two], setting, day) if r.column1 == one]
        return found[0].indicator if found else None

    assert indicator("96413", "96365", "facility") == "1"
    assert indicator("96413", "96523", "facility") == "0"
    assert indicator("96365", "36000", "professional") == "1"
    assert indicator("96365", "99211", "professional") == "0"
    assert indicator("96365", "99211", "facility") == "1"
    assert indicator("96413", "36591", "professional") == "0"
    assert indicator("96413", "36591", "facility") is None


def test_deleted_pairs_are_not_in_force(tables: Tables) -> None:
    with (DIRECTORY / "ptp_edits.csv").open(encoding="utf-8", newline="") as file:
        deleted = next(r for r in csv.DictReader(file) if r["deletion_date"] == "2011-09-30")
    pair = [deleted["column1"], deleted["column2"]]

    def found(day: date) -> bool:
        rows = tables.edits.ptp(pair, deleted["setting"], day)
        return any(r.column1 == pair[0] and r.deleted for r in rows)

    assert found(date(2011, 9, 30))
    assert not found(date(2011, 10, 1))


def test_limits_and_parents(tables: Tables) -> None:
    def limit(code: str, setting: str) -> tuple[int, str]:
        row = tables.edits.mue(code, setting)
        assert row is not None
        return row.units, row.indicator

    assert limit("96376", "professional")[0] == 0
    assert limit("96376", "facility")[0] == 10
    assert limit("96368", "facility") == (1, "2")
    assert [row.primary for row in tables.edits.parents("96415", "facility")] == ["96413"]
    assert {row.primary for row in tables.edits.parents("96376", "facility")} == {
        "96365", "96374", "96409", "96413",
    }  # fmt: skip
    assert tables.edits.parents("96376", "professional") == ()


def test_every_code_has_a_label_and_section(tables: Tables) -> None:
    for row in tables.codes.values():
        assert row.label
        assert row.section in ("administration", "neighbour", "outside")
    assert tables.codes["96413"].section == "administration"
    assert tables.codes["90471"].section == "neighbour"


def test_versions_match_the_files(tables: Tables) -> None:
    listed = {row.table: row for row in tables.table_versions()}
    files = {path.stem: path for path in DIRECTORY.glob("*.csv") if path.stem != "versions"}
    assert listed.keys() == files.keys()
    for name, path in files.items():
        assert listed[name].sha256 == hashlib.sha256(path.read_bytes()).hexdigest(), (
            f"{name}.csv changed: run scripts/make_tables.py"
        )
    assert tables.versions()["mue"] == "2024Q3"
