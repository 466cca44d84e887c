"""Where encounters come from: files, uploads of every kind, keys; and what is wrong with them."""

import json
from pathlib import Path

import pytest

from infusion_asp.web.editing.examples import EXAMPLES, directory, path_of
from infusion_asp.web.editing.opening import NotOpenedError, opened
from infusion_asp.web.editing.sources import found_in
from infusion_asp.web.editing.uploads import kind_of, uploaded
from infusion_asp.web.encounter.state import State
from infusion_asp.web.settings import Settings

FIXTURES = Path(__file__).parents[3] / "fixtures"
DAY = FIXTURES / "encounters" / "chemotherapy_day.json"
BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {
            "resource": {
                "resourceType": "MedicationAdministration",
                "id": "m1",
                "status": "completed",
                "subject": {"reference": "Patient/p"},
                "context": {"reference": "Encounter/e"},
                "medicationCodeableConcept": {"text": "ceftriaxone"},
                "effectivePeriod": {"start": "2025-03-03T10:00:00Z", "end": "2025-03-03T10:31:00Z"},
                "dosage": {"route": {"text": "intravenous"}},
            }
        }
    ],
}


def written(directory: Path, name: str, text: str) -> Path:
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return path


# Keys


def test_every_example_is_shipped_and_valid() -> None:
    assert len(EXAMPLES) >= 12
    for each in EXAMPLES:
        assert State.parse(opened(Settings(), f"example-{each.name}")).problems == ()


def test_examples_lie_in_the_package_once_it_is_installed() -> None:
    project = (FIXTURES.parent / "pyproject.toml").read_text("utf-8")
    assert '"fixtures/encounters" = "infusion_asp/_examples"' in project
    assert directory() == FIXTURES / "encounters"


def test_only_examples_are_opened_by_name() -> None:
    assert path_of("../claims/hour_too_many") is None
    for key in ("example-../../pyproject", "example-", "file-1-1", "file-0-1", "nothing", ""):
        with pytest.raises(NotOpenedError):
            opened(Settings(), key)


def test_an_empty_encounter_is_valid() -> None:
    assert State.parse(opened(Settings(), "empty")).problems == ()


def test_a_record_of_a_served_file_is_opened_by_its_number(tmp_path: Path) -> None:
    day = json.loads(DAY.read_text("utf-8"))
    lines = [json.dumps({**day, "encounter_id": f"e{number}"}) for number in (1, 2)]
    served = Settings(files=(DAY, written(tmp_path, "two.jsonl", "\n".join(lines) + "\n{")))
    assert State.parse(opened(served, "file-1-1")).document == day
    assert State.parse(opened(served, "file-2-2")).document["encounter_id"] == "e2"
    for key in ("file-2-3", "file-2-4", "file-2-0", "file-3-1"):
        with pytest.raises(NotOpenedError):
            opened(served, key)


def test_a_wrong_encounter_is_opened_to_be_mended(tmp_path: Path) -> None:
    wrong = json.loads(DAY.read_text("utf-8"))
    wrong["administrations"][0]["route"] = "intravenus"
    path = written(tmp_path, "wrong.json", json.dumps(wrong))
    assert State.parse(opened(Settings(files=(path,)), "file-1-1")).problems
    (found,) = found_in([path], None)
    assert found.errors[0].place == "$.administrations[0].route"
    assert found.about.startswith("2025-03-03 · dexamethasone, normal saline, rituximab")


# Kinds


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.json", "{}", "encounters"),
        ("a.yaml", "encounter_id: x", "encounters"),
        ("a.json", '{"resourceType": "Bundle"}', "fhir"),
        ("a.ndjson", '{"id": "m1", "resourceType": "MedicationAdministration"}\n', "fhir"),
        ("a.csv", "a,b\n", "mar"),
        ("a.txt", "ISA*00*", "x12"),
        ("a.txt", "MSH|^~\\&|", "hl7"),
        ("a", "\x0bMSH|^~\\&|", "hl7"),
    ],
)
def test_the_kind_is_told_by_the_content(tmp_path: Path, name: str, text: str, kind: str) -> None:
    assert kind_of(written(tmp_path, name, text)) == kind


@pytest.mark.parametrize(
    ("place", "preset", "kind"),
    [
        ("encounters/chemotherapy_day.json", "", "encounters"),
        ("mar/epic.csv", "epic", "mar"),
        ("x12/claims.837", "", "x12"),
        ("hl7/day.hl7", "", "hl7"),
    ],
)
def test_an_upload_of_every_kind_gives_encounters(place: str, preset: str, kind: str) -> None:
    upload = uploaded([FIXTURES / place], "", preset)
    assert upload.kind == kind
    assert upload.errors == ()
    states = [State.parse(each.state) for each in upload.found if each.state]
    assert states
    assert all(each.problems == () for each in states)


def test_a_fhir_bundle_gives_an_encounter(tmp_path: Path) -> None:
    upload = uploaded([written(tmp_path, "bundle.json", json.dumps(BUNDLE))])
    assert upload.kind == "fhir"
    (found,) = upload.found
    assert found.state is not None
    given = State.parse(found.state).encounter().administrations
    assert [each.drug for each in given] == ["ceftriaxone"]
    assert upload.told[0] == "1 encounter with 1 administration"


def test_a_medication_record_needs_a_layout() -> None:
    upload = uploaded([FIXTURES / "mar" / "epic.csv"])
    assert upload.errors[0].message == "a medication record needs a layout"
    assert "epic" in upload.errors[0].help


def test_each_wrong_record_is_told_with_its_line_and_the_others_are_kept(tmp_path: Path) -> None:
    good = json.dumps(json.loads(DAY.read_text("utf-8")))
    upload = uploaded([written(tmp_path, "some.jsonl", f"{good}\n{{\n[]\n{good}\n")])
    assert [each.state is not None for each in upload.found] == [True, False, False, True]
    assert upload.found[1].errors[0].place == "line 2"
    assert upload.found[2].errors[0].message == "a list is not a record"


def test_no_directory_of_the_server_stands_in_a_message(tmp_path: Path) -> None:
    for name, text, kind in (("empty.json", "", ""), ("x.837", "not a claim", "x12")):
        upload = uploaded([written(tmp_path, name, text)], kind)
        told = [*upload.errors, *(wrong for each in upload.found for wrong in each.errors)]
        assert told or not upload.found
        assert not any(str(tmp_path) in each.message for each in told)
