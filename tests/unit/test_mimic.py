"""MIMIC-IV tables to encounters, over small tables written here and over the demo if present."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import pytest

from infusion_asp.ingest.mimic import convert
from infusion_asp.model import InputError, parse_encounter

DEMO = Path(__file__).resolve().parents[3] / "shared" / "realdata" / "mimic-iv-demo-2.2"

ITEMS = {
    "1": "Norepinephrine",
    "2": "NaCl 0.9%",
    "3": "Morphine Sulfate",
    "4": "KCL (Bolus)",
    "5": "Potassium Chloride",
    "6": "PO Intake",
    "7": "Packed Red Blood Cells",
    "8": "Heparin Sodium (Prophylaxis)",
    "9": "Piggyback",
    "10": "Calcium Gluconate",
    "11": "KCl (CRRT)",
    "20": "20 Gauge",
    "21": "Multi Lumen",
    "22": "Arterial Line",
}
MAIN, MIXED, ADDED = "Main order parameter", "Mixed solution", "Additives      Ampoule   "
INPUT = [
    "stay_id",
    "starttime",
    "endtime",
    "itemid",
    "amount",
    "amountuom",
    "rate",
    "rateuom",
    "orderid",
    "linkorderid",
    "ordercategoryname",
    "ordercomponenttypedescription",
]
PROCEDURE = ["stay_id", "starttime", "endtime", "itemid", "orderid"]
Row = tuple[str, ...]


def given(  # one row of inputevents of stay 7 on one day
    item: str,
    start: str,
    stop: str,
    *,
    order: str = "100",
    link: str = "",
    amount: str = "10",
    unit: str = "mg",
    rate: str = "",
    category: str = "01-Drips",
    component: str = MAIN,
) -> Row:
    rate_unit = "mL/hour" if rate else ""
    times = [text if len(text) > 5 else f"2150-03-04 {text}:00" for text in (start, stop)]
    fields = (item, amount, unit, rate, rate_unit, order, link or order, category, component)
    return ("7", *times, *fields)


def write(path: Path, header: list[str], rows: list[Row]) -> None:
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


@pytest.fixture
def encounters(tmp_path: Path) -> Any:
    def build(rows: list[Row], lines: list[Row] | None = None) -> list[dict[str, Any]]:
        folder = tmp_path / "icu"
        folder.mkdir(exist_ok=True)
        write(folder / "d_items.csv.gz", ["itemid", "label"], list(ITEMS.items()))
        write(folder / "inputevents.csv.gz", INPUT, rows)
        write(folder / "procedureevents.csv.gz", PROCEDURE, lines or [])
        found = list(convert(tmp_path))
        for encounter in found:
            parse_encounter(encounter)
        return found

    return build


def only(found: list[dict[str, Any]]) -> dict[str, Any]:
    assert len(found) == 1
    administrations: list[dict[str, Any]] = found[0]["administrations"]
    assert len(administrations) == 1
    return administrations[0]


def test_rate_changes_are_one_administration(encounters: Any) -> None:
    rows = [
        given("1", "10:00", "10:30", order="100", link="100"),
        given("1", "10:30", "11:15", order="101", link="100"),
    ]
    one = only(encounters(rows))
    assert (one["start"], one["stop"]) == ("2150-03-04T10:00", "2150-03-04T11:15")
    assert (one["drug"], one["dose"], one["dose_unit"]) == ("Norepinephrine", 20.0, "mg")
    assert "pauses" not in one


def test_a_stretch_without_a_row_is_a_pause(encounters: Any) -> None:
    rows = [
        given("1", "10:00", "10:30", order="100", link="100"),
        given("1", "10:50", "11:15", order="101", link="100"),
    ]
    one = only(encounters(rows))
    assert one["pauses"] == [{"start": "2150-03-04T10:30", "stop": "2150-03-04T10:50"}]


def test_drug_and_carrier_are_one_bag(encounters: Any) -> None:
    rows = [
        given("1", "10:00", "11:00"),
        given("2", "10:00", "11:00", amount="80", unit="ml", rate="80", component=MIXED),
    ]
    (encounter,) = encounters(rows)
    drug, carrier = encounter["administrations"]
    assert (drug["drug"], drug["volume_ml"], drug["rate_ml_per_hr"]) == ("Norepinephrine", 80, 80)
    assert (carrier["purpose"], carrier["same_bag_as"]) == ("diluent", drug["id"])


def test_an_additive_makes_a_mixed_bag(encounters: Any) -> None:
    fluid = {"category": "02-Fluids (Crystalloids)"}
    rows = [
        given("2", "10:00", "14:00", amount="1000", unit="ml", **fluid),
        given("5", "10:00", "14:00", amount="20", unit="mEq", component=ADDED, **fluid),
    ]
    one = only(encounters(rows))
    assert one["mix"] == ["NaCl 0.9%", "Potassium Chloride"]
    assert (one["volume_ml"], one["dose"], one["dose_unit"]) == (1000, 20, "meq")
    assert "purpose" not in one


def test_two_names_of_one_drug_are_one_member(encounters: Any) -> None:
    rows = [
        given("4", "10:00", "11:00", amount="100", unit="ml"),
        given("5", "10:00", "11:00", amount="20", unit="mEq", component=ADDED),
    ]
    one = only(encounters(rows))
    assert one["drug"] == "KCL (Bolus)"
    assert (one["volume_ml"], one["dose"]) == (100, 20)


def test_an_unnamed_carrier_gives_way_to_its_additive(encounters: Any) -> None:
    rows = [
        given("9", "10:00", "11:00", amount="100", unit="ml"),
        given("10", "10:00", "11:00", amount="2", unit="grams", component=ADDED),
    ]
    drug, carrier = encounters(rows)[0]["administrations"]
    assert (drug["drug"], drug["dose_unit"], drug["volume_ml"]) == ("Calcium Gluconate", "g", 100)
    assert carrier["purpose"] == "diluent"


@pytest.mark.parametrize(
    ("item", "category", "stop", "expected"),
    [
        ("3", "05-Med Bolus", "10:01", {"route": "intravenous", "method": "push"}),
        ("3", "01-Drips", "10:02", {"route": "intravenous", "method": "infusion"}),
        ("2", "03-IV Fluid Bolus", "10:01", {"method": "infusion", "purpose": "hydration"}),
        ("9", "02-Fluids (Crystalloids)", "11:00", {"purpose": "keep_open"}),
        ("6", "14-Oral/Gastric Intake", "10:01", {"route": "oral", "method": "oral"}),
        ("7", "07-Blood Products", "12:00", {"category": "blood_product"}),
        ("8", "11-Prophylaxis (Non IV)", "10:01", {"route": "subcutaneous"}),
        ("11", "01-Drips", "12:00", {"route": "other"}),
    ],
)
def test_route_method_and_purpose(
    encounters: Any, item: str, category: str, stop: str, expected: dict[str, str]
) -> None:
    one = only(encounters([given(item, "10:00", stop, category=category)]))
    assert {name: one.get(name) for name in expected} == expected


def test_an_administration_belongs_to_the_day_it_starts(encounters: Any) -> None:
    rows = [
        given("1", "2150-03-04 23:00:00", "2150-03-05 02:00:00"),
        given("3", "2150-03-05 08:00:00", "2150-03-05 08:01:00", order="101"),
    ]
    found = encounters(rows)
    assert [e["encounter_id"] for e in found] == ["mimic-7-2150-03-04", "mimic-7-2150-03-05"]
    assert found[0]["administrations"][0]["stop"] == "2150-03-05T02:00"


def test_dwell_times_are_accesses(encounters: Any) -> None:
    lines = [
        ("7", "2150-03-04 09:00:00", "2150-03-04 10:30:00", "20", "900"),
        ("7", "2150-03-04 10:15:00", "2150-03-06 10:30:00", "21", "901"),
        ("7", "2150-03-04 08:00:00", "2150-03-06 10:30:00", "22", "902"),
        ("7", "2150-03-07 08:00:00", "2150-03-08 10:30:00", "20", "903"),
    ]
    rows = [given("1", "10:00", "11:00"), given("3", "10:45", "10:46", order="101")]
    (encounter,) = encounters(rows, lines)
    assert encounter["accesses"] == [
        {"id": "l900", "kind": "peripheral"},
        {"id": "l901", "kind": "central"},
    ]
    assert [one["access"] for one in encounter["administrations"]] == ["l900", "l901"]


def test_ids_do_not_depend_on_the_order_of_rows(encounters: Any) -> None:
    rows = [given("1", "10:00", "11:00"), given("3", "10:45", "10:46", order="99")]
    found = [encounters(rows), encounters(rows[::-1])]
    for one in (given for each in found for day in each for given in day["administrations"]):
        assert one.pop("origin").startswith("inputevents.csv.gz:")
    assert found[0] == found[1]


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        list(convert(tmp_path))
    assert "d_items" in caught.value.message
    assert caught.value.help


def test_a_bad_time_is_placed_without_its_value(encounters: Any) -> None:
    with pytest.raises(InputError) as caught:
        encounters([given("1", "half ten", "11:00")])
    assert caught.value.path == "inputevents.csv.gz:2"


@pytest.mark.skipif(not DEMO.is_dir(), reason="the MIMIC-IV demo lies outside the repository")
def test_the_demo_converts_and_validates() -> None:
    found = list(convert(DEMO))
    assert len(found) > 500
    assert len({encounter["encounter_id"] for encounter in found}) == len(found)
    for encounter in found:
        parse_encounter(encounter)
    given_all = [one for encounter in found for one in encounter["administrations"]]
    assert any("pauses" in one for one in given_all)
    assert any("mix" in one for one in given_all)


def test_a_table_without_a_column_is_refused(tmp_path: Path) -> None:
    (tmp_path / "d_items.csv").write_text("itemid,labels\n1,x\n", "utf-8")
    with pytest.raises(InputError) as caught:
        list(convert(tmp_path))
    assert caught.value.message == "d_items.csv has no column label"
