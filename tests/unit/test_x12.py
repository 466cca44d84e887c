"""837 claims to claim-only encounters: lines, headers, separators, dates, drugs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.x12_reading import CLAIM, DRUG, LINE, bare, read
from tests.support.x12_text import interchange


def test_an_institutional_claim_keeps_its_lines_and_bill_type(tmp_path: Path) -> None:
    [found], report = read(tmp_path, interchange([CLAIM]))
    assert bare(found) == CLAIM["billed"]
    assert (found["encounter_id"], found["setting"]) == ("A1", "facility")
    assert found["type_of_bill"] == "131"
    assert "payer" not in found and "place_of_service" not in found
    assert (report.read, report.used, report.faults) == (2, 2, 0)


def test_a_professional_claim_keeps_its_place_of_service(tmp_path: Path) -> None:
    claim = CLAIM | {"setting": "professional", "place_of_service": 22, "payer": "medicare"}
    [found], _ = read(tmp_path, interchange([claim]))
    assert (found["setting"], found["place_of_service"]) == ("professional", 22)
    assert found["payer"] == "medicare"
    assert "type_of_bill" not in found


def test_the_origin_of_a_line_names_its_segments(tmp_path: Path) -> None:
    text = interchange([CLAIM], end="\n")
    [found], _ = read(tmp_path, text)
    first, last = found["billed"][1]["origin"].removeprefix("c0.837:").split("-")
    own = text.split("\n")[int(first) - 1 : int(last)]
    assert own[0] == "LX*2~" and own[-1] == "CTP****5*UN~"


@pytest.mark.parametrize(
    "marks", [("|", ">", "^", "\n"), ("*", "\x1f", "!", "\x1c"), ("+", "&", "%", "\r"),
              ("\t", "<", "\\", "'"), ("*", ":", "U", "~")]
)  # fmt: skip
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_any_legal_separators(tmp_path: Path, marks: tuple[str, str, str, str], end: str) -> None:
    [found], report = read(tmp_path, interchange([CLAIM], marks, end=end))
    assert bare(found) == CLAIM["billed"] and not report.faults


def test_interchanges_of_one_file_have_their_own_separators(tmp_path: Path) -> None:
    second = interchange([CLAIM | {"encounter_id": "A2"}], ("|", ">", "^", "'"))
    text = "\ufeff" + interchange([CLAIM, CLAIM]) + "\n\n" + second + "\x1a"
    found, report = read(tmp_path, text, interchange([CLAIM]))
    assert [each["encounter_id"] for each in found] == ["A1", "A1", "A2", "A1"]
    assert not report.faults and found[3]["billed"][0]["origin"].startswith("c1.837:")


def test_several_claims_of_one_subscriber_and_of_a_dependent(tmp_path: Path) -> None:
    text = interchange([CLAIM | {"payer": "medicare"}])
    at = text.index("CLM*")
    claim = text[at : text.index("SE*")]
    again = claim.replace("A1", "A2") + "HL*3*2*23*0~PAT*19~" + claim.replace("A1", "A3")
    text = text.replace("SE*19", "SE*36").replace("SE*", again + "SE*")
    found, _ = read(tmp_path, text)
    assert [each["encounter_id"] for each in found] == ["A1", "A2", "A3"]
    assert [each["payer"] for each in found] == ["medicare"] * 3


def test_another_payer_and_its_adjudication_are_not_billed(tmp_path: Path) -> None:
    text = interchange([CLAIM | {"setting": "professional"}])
    text = text.replace("LX*1~", "SBR*S*18*******MA~REF*EA*9~OI***Y~LX*1~")
    text = text.replace("LX*2~", "SVD*1*80*HC:99213**7~CAS*CO*42*2~DTP*573*D8*20250401~LX*2~")
    [found], _ = read(tmp_path, text)
    assert bare(found) == CLAIM["billed"] and "payer" not in found


@pytest.mark.parametrize(
    ("date", "expected", "note"),
    [
        ("D8*20250303", "2025-03-03", None),
        ("RD8*20250303-20250303", "2025-03-03", None),
        ("DT*202503031410", "2025-03-03", None),
        ("RD8*20250303-20250304", None, "service_over_several_days"),
    ],
)
def test_service_dates(tmp_path: Path, date: str, expected: str | None, note: str | None) -> None:
    text = interchange([{"encounter_id": "A", "billed": [LINE]}]).replace("D8*20250303", date)
    [found], report = read(tmp_path, text)
    assert found["billed"][0].get("date") == expected
    assert list(report.notes) == ([note] if note else [])


def test_a_line_without_a_date_has_the_one_day_of_the_statement(tmp_path: Path) -> None:
    text = interchange([{"encounter_id": "A", "billed": [{"code": "96365"}]}])
    dated = text.replace("LX*1", "DTP*434*RD8*20250303-20250303~LX*1")
    assert read(tmp_path, dated)[0][0]["billed"][0]["date"] == "2025-03-03"
    found, report = read(tmp_path, text)
    assert "date" not in found[0]["billed"][0] and report.notes == {"no_service_date": 1}


@pytest.mark.parametrize(
    ("old", "new", "reason", "fault"),
    [
        ("HC:96365:59", "HC:9636", "bad_procedure_code", True),
        ("HC:96365:59", "HC:96365:5", "bad_modifier", True),
        ("HC:96365:59", "HC>96365", "bad_procedure", True),
        ("HC:96365:59", "", "no_procedure_code", False),
        ("HC:96365:59", "HP:96365", "not_a_hcpcs_code", False),
        ("UN*1~", "UN*0~", "bad_units", True),
        ("UN*1~", "UN*1.5~", "units_are_not_whole", True),
        ("UN*1~", "UN*~", "no_units", True),
        ("UN*1~", "MJ*30~", "units_are_minutes", True),
        ("UN*1~", "UN*-1~", "bad_units", True),
        ("D8*20250303", "D8*20250230", "bad_service_date", True),
        ("SV2*0260*HC:96365", "SV1*HC:96365", "service_of_the_other_claim_form", True),
        ("SV2*0260*HC:96365", "NTE*0260*HC:96365", "no_service", True),
    ],
)
def test_a_line_that_is_left_out_says_why(
    tmp_path: Path, old: str, new: str, reason: str, fault: bool
) -> None:
    text = interchange([CLAIM])
    [found], report = read(tmp_path, text.replace(old, new, 1))
    assert bare(found) == [DRUG]
    assert report.dropped == {reason: 1}
    assert report.faults == (1 if fault else 0)
    place = report.places[reason][0]
    assert place == f"c0.837: segment 11, byte {text.index('LX*1')}"


def test_units_with_a_point_and_lower_case_codes(tmp_path: Path) -> None:
    text = interchange([CLAIM]).replace("UN*1~", "UN*2.00~").replace("J1745", "j1745")
    [found], _ = read(tmp_path, text)
    assert [(each["code"], each["units"]) for each in bare(found)] == [("96365", 2), ("J1745", 50)]


def test_a_drug_code_that_is_no_ndc_is_noted(tmp_path: Path) -> None:
    [found], report = read(tmp_path, interchange([CLAIM]).replace("N4*5789400", "N4*"))
    assert "ndc" not in found["billed"][1]
    assert report.notes == {"drug_code_is_not_an_ndc": 1}


def test_a_claim_with_another_component_separator_than_its_isa_is_read_and_noted(
    tmp_path: Path,
) -> None:
    text = interchange([CLAIM])
    head, body = text[:106], text[106:].replace(":", ">")
    [found], report = read(tmp_path, head + body)
    assert bare(found) == CLAIM["billed"]
    assert report.notes == {"component_separator_is_not_that_of_the_isa": 1}


@pytest.mark.parametrize(
    ("bill", "reason"), [("111", "inpatient_bill"), ("138", "void_claim"), ("137", None)]
)
def test_inpatient_and_void_claims_are_counted_and_left_out(
    tmp_path: Path, bill: str, reason: str | None
) -> None:
    text = interchange([CLAIM | {"type_of_bill": bill}])
    found, report = read(tmp_path, text)
    assert report.dropped == ({reason: 2} if reason else {})
    assert len(found) == (0 if reason else 1) and not report.faults
    assert report.notes == ({} if reason else {"replacement_claim": 1})
    assert len(read(tmp_path, text, inpatient="yes")[0]) == (0 if reason == "void_claim" else 1)


def test_diagnoses_get_their_point_and_old_ones_are_left_out(tmp_path: Path) -> None:
    text = interchange([CLAIM | {"diagnoses": ["K50.90", "I10"]}])
    [found], _ = read(tmp_path, text)
    assert found["diagnoses"] == ["K50.90", "I10"]
    found, report = read(tmp_path, text.replace("ABK", "BK").replace("ABF", "BF"))
    assert "diagnoses" not in found[0] and report.notes == {"icd_9_diagnoses_left_out": 1}


def test_lines_at_one_other_place_move_the_claim_and_at_several_leave_it_open(
    tmp_path: Path,
) -> None:
    claim = CLAIM | {"setting": "professional", "place_of_service": 11}
    text = interchange([claim]).replace("UN*1~", "UN*1*22~")
    [found], report = read(tmp_path, text)
    assert "place_of_service" not in found and report.notes == {"several_places_of_service": 1}
    [found], _ = read(tmp_path, text.replace("UN*50~", "UN*50*22~"))
    assert found["place_of_service"] == 22


@pytest.mark.parametrize("form", ["005010X222", "005010X222A1", "005010X222A2"])
def test_addenda_of_the_professional_guide(tmp_path: Path, form: str) -> None:
    text = interchange([CLAIM | {"setting": "professional"}], form=form)
    assert len(read(tmp_path, text)[0]) == 1


@pytest.mark.parametrize("form", ["005010X224A2", "004010X098A1", "005010X2220"])
def test_other_guides_are_counted_as_unsupported(tmp_path: Path, form: str) -> None:
    found, report = read(tmp_path, interchange([CLAIM], form=form))
    assert not found and report.dropped == {"unsupported_transaction": 1}


def test_text_that_is_utf_8_or_latin_1(tmp_path: Path) -> None:
    text = interchange([CLAIM | {"encounter_id": "Ä1"}])
    for encoding in ("utf-8", "latin-1"):
        [found], _ = read(tmp_path, text.encode(encoding))
        assert found["encounter_id"] == "Ä1"
