"""HL7 v2 administrations and charges to encounters: fields, frames, escapes, corrections."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from infusion_asp.model.errors import InputError
from tests.support.hl7_reading import DFT, RAS, read
from tests.support.hl7_text import charge, framed, given, message, order, route, segment


def one(tmp_path: Path, *segments: str, **options: str) -> dict[str, Any]:
    [found], _ = read(tmp_path, message(RAS, order(), *segments), **options)
    [administration] = found["administrations"]
    return {name: value for name, value in administration.items() if name not in ("id", "origin")}


def reasons(tmp_path: Path, *messages: str, **options: str) -> dict[str, int]:
    return dict(read(tmp_path, "".join(messages), **options)[1].dropped)


def test_an_administration_of_rxa_and_rxr(tmp_path: Path) -> None:
    assert one(tmp_path, given(), route("IV", site="LAC", method="IVP")) == {
        "drug": "Ondansetron", "route": "intravenous", "method": "push", "access": "LAC",
        "start": "2025-03-03T10:00", "stop": "2025-03-03T10:30", "dose": 4, "dose_unit": "mg",
    }  # fmt: skip


def test_the_visit_gives_id_and_times_and_the_origin_names_the_segment(tmp_path: Path) -> None:
    visit = segment("PV1", {2: "O", 19: "V9^^^H", 44: "202503030900", 45: "20250303150000"})
    [found], _ = read(tmp_path, message(RAS, visit, order(), given(), route()))
    assert found["encounter_id"] == "V9"
    assert (found["arrival"], found["departure"]) == ("2025-03-03T09:00", "2025-03-03T15:00")
    assert found["administrations"][0]["origin"] == "m.hl7:4"


def test_messages_of_one_visit_are_one_encounter(tmp_path: Path) -> None:
    text = message(RAS, order("F1"), given(), route())
    text += message(RAS, segment("PV1", {19: "V2"}), order("F3"), given(), route())
    text += message(RAS, order("F2"), given("DEX^Dexamethasone"), route())
    found, report = read(tmp_path, text + message(DFT, charge("96374")))
    assert [each["encounter_id"] for each in found] == ["V1", "V2"]
    assert [each["drug"] for each in found[0]["administrations"]] == [
        "Ondansetron", "Dexamethasone"]  # fmt: skip
    assert [each["code"] for each in found[0]["billed"]] == ["96374"]
    assert (report.read, report.used) == (4, 4)


@pytest.mark.parametrize("ends", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize("frame", [True, False])
def test_frames_and_plain_files_say_the_same(tmp_path: Path, ends: str, frame: bool) -> None:
    text = message(RAS, order(), given(), route())
    other = message(RAS, order("F2"), given("DEX^Dexamethasone"), route())
    both = "".join(framed(each) if frame else each for each in (text, other))
    envelope = "" if frame else "FHS|^~\\&\rBHS|^~\\&\r"
    found, report = read(tmp_path, (envelope + both).replace("\r", ends))
    assert len(found[0]["administrations"]) == 2 and not report.faults


def test_a_frame_that_the_end_of_the_file_cuts_off_is_left_out(tmp_path: Path) -> None:
    text = framed(message(RAS, order(), given(), route()))
    found, report = read(tmp_path, text + framed(message(RAS, order("F2"), given()))[:-9])
    assert len(found[0]["administrations"]) == 1
    assert report.dropped == {"message_cut_off": 1}
    assert report.places["message_cut_off"][0].startswith("m.hl7: segment 9, byte ")


@pytest.mark.parametrize(
    ("written", "drug"),
    [
        (r"A\T\B", "A&B"),
        (r"A\S\B\F\C\R\D\E\E", "A^B|C~D\\E"),
        (r"\H\loud\N\ name", "loud name"),
        (r"caf\XC3A9\ 5", "café 5"),
        (r"line\.br\line", "line line"),
        ("a\\b", "a\\b"),
        (r"a\Q\b", r"a\Q\b"),
    ],
)
def test_escapes(tmp_path: Path, written: str, drug: str) -> None:
    assert one(tmp_path, given(f"X^{written}^L"), route())["drug"] == drug


def test_other_separators(tmp_path: Path) -> None:
    marks = "#*+@!"
    rxr = segment("RXR", {1: "IV*Intravenous"}, marks)
    rxa = given("O*Drug @T@ |^~*L", marks=marks)
    [found], _ = read(tmp_path, message(RAS, rxa, rxr, marks=marks))
    assert found["administrations"][0]["drug"] == "Drug ! |^~"


@pytest.mark.parametrize(
    ("charset", "data"), [("UNICODE UTF-8", "é".encode()), ("8859/1", b"\xe9"), ("", b"\xe9")]
)
def test_character_sets(tmp_path: Path, charset: str, data: bytes) -> None:
    text = message(RAS, given("X^caf@"), route(), charset=charset)
    [found], _ = read(tmp_path, text.encode().replace(b"@", data))
    assert found["administrations"][0]["drug"] == "café"


@pytest.mark.parametrize(
    ("stop", "choice", "expected"),
    [
        ("202503031000", "missing", None),
        ("202503031000", "zero", "2025-03-03T10:00"),
        ("20250303100059", "missing", None),
        ("202503031001", "missing", "2025-03-03T10:01"),
        ("202503030959", "missing", None),
        ("202503030959", "zero", None),
        ("", "zero", None),
        ("20250303", "zero", None),
    ],
)
def test_an_end_equal_to_the_start_is_missing_unless_set(
    tmp_path: Path, stop: str, choice: str, expected: str | None
) -> None:
    assert one(tmp_path, given(stop=stop), route(), equal_end=choice).get("stop") == expected


def test_times_with_and_without_offsets_become_one_clock(tmp_path: Path) -> None:
    both = given(start="202503031000-0500", stop="202503031030-0500")
    assert one(tmp_path, both, route())["start"] == "2025-03-03T10:00-05:00"
    assert one(tmp_path, given(start="202503031000-0500"), route())["start"] == "2025-03-03T10:00"


@pytest.mark.parametrize("time", ["2025033110", "20250231100000", "soon", "202503032500"])
def test_a_time_that_is_none(tmp_path: Path, time: str) -> None:
    found = reasons(tmp_path, message(RAS, given(start=time), route()))
    assert found == ({"bad_time": 1} if len(time) != 10 else {})


@pytest.mark.parametrize(
    ("rxr", "expected"),
    [
        (route("IV", device="IVP"), "infusion"),  # a pump
        (route("IV", method="IVP"), "push"),
        (route("IVPB"), "infusion"),
        (route("IV", device="PCA"), "pca"),
        (route("IV"), None),
        (route("IM", method="IVP"), None),
    ],
)
def test_the_method_of_route_device_and_method(
    tmp_path: Path, rxr: str, expected: str | None
) -> None:
    assert one(tmp_path, given(), rxr).get("method") == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [("SC", "subcutaneous"), ("X^Intramuscular^L", "intramuscular"), ("IT", "intrathecal"),
     ("PORT^^L", "intravenous")],
)  # fmt: skip
def test_routes_by_code_by_name_and_by_mapping(tmp_path: Path, code: str, expected: str) -> None:
    assert one(tmp_path, given(), route(code), routes="PORT=intravenous")["route"] == expected


def test_a_route_that_is_not_known_is_not_guessed(tmp_path: Path) -> None:
    assert reasons(tmp_path, message(RAS, given(), route("QQ"))) == {"unknown_route": 1}
    assert reasons(tmp_path, message(RAS, given())) == {"no_route": 1}
    with pytest.raises(InputError, match="routes"):
        read(tmp_path, message(RAS, given()), routes="QQ=vein")


def test_the_route_of_the_order_holds_where_the_administration_has_none(tmp_path: Path) -> None:
    rxo = segment("RXO", {1: "x"})
    assert one(tmp_path, rxo, route("SC"), given())["route"] == "subcutaneous"
    assert one(tmp_path, rxo, route("SC"), given(), route("IV"))["route"] == "intravenous"


def test_components_make_a_mix_and_the_base_comes_last(tmp_path: Path) -> None:
    parts = [segment("RXC", {1: kind, 2: f"x^{name}"})
             for kind, name in (("B", "saline"), ("A", "drug one"), ("A", "drug two"))]  # fmt: skip
    rxo = segment("RXO", {1: "x"})
    expected = ["drug one", "drug two", "saline"]
    assert one(tmp_path, rxo, *parts, given(), route())["mix"] == expected
    assert one(tmp_path, given(), route(), *parts)["mix"] == expected
    assert one(tmp_path, given("", ""), route(), parts[1])["drug"] == "drug one"


@pytest.mark.parametrize(
    ("amount", "unit", "per", "expected"),
    [
        ("250", "mL", "", {"volume_ml": 250}),
        ("0.5", "L", "", {"volume_ml": 500}),
        ("100", "ml^millilitre", "H1", {"rate_ml_per_hr": 100}),
        ("2", "mL", "MIN", {"rate_ml_per_hr": 120}),
        ("5", "mg", "H1", {}),
        ("500", "[USP'U]", "", {"dose": 500, "dose_unit": "units"}),
        ("1.5", "g", "", {"dose": 1.5, "dose_unit": "g"}),
        ("3", "puffs", "", {"dose": 3, "dose_unit": "puffs"}),
        ("999", "mg", "", {}),
        ("4", "", "", {}),
        ("much", "mg", "", {}),
        ("999999998", "L", "", {}),
        ("٤", "mg", "", {}),
    ],
)
def test_amounts(
    tmp_path: Path, amount: str, unit: str, per: str, expected: dict[str, Any]
) -> None:
    found = one(tmp_path, given(amount=amount, unit=unit, per=per), route())
    names = ("volume_ml", "rate_ml_per_hr", "dose", "dose_unit")
    assert {name: found[name] for name in names if name in found} == expected


def test_codings_give_code_and_category(tmp_path: Path) -> None:
    assert one(tmp_path, given("1^Remicade^L^J1745^^HCPCS"), route())["hcpcs"] == "J1745"
    assert one(tmp_path, given("208^Covid vaccine^CVX"), route("IM"))["category"] == "vaccine"


@pytest.mark.parametrize(
    ("status", "reason"),
    [("CP", None), ("PA", None), ("", None), ("RE", "not_given"), ("NA", "not_given"),
     ("ZZ", "unknown_completion_status")],
)  # fmt: skip
def test_completion_status(tmp_path: Path, status: str, reason: str | None) -> None:
    found = reasons(tmp_path, message(RAS, given(status=status), route()))
    assert found == ({reason: 1} if reason else {})


@pytest.mark.parametrize("options", [{"equal_ends": "zero"}, {"equal_end": "later"}])
def test_an_unknown_option_is_refused(tmp_path: Path, options: dict[str, str]) -> None:
    with pytest.raises(InputError, match="equal_end"):
        read(tmp_path, message(RAS, given(), route()), **options)
