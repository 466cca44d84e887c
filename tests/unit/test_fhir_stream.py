"""Files of FHIR: NDJSON, Bundles and single resources, in any order, damaged, and large."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from infusion_asp.ingest.common import Tally
from infusion_asp.ingest.fhir import KIND, stream
from infusion_asp.model import InputError
from tests.support.fhir import concept, dropped_of, given, read, read_file

MEDICATION = {"resourceType": "Medication", "id": "m1", "code": concept("ondansetron")}
USES_IT = given(medicationCodeableConcept=None, medicationReference={"reference": "Medication/m1"})


def bundle(*resources: dict[str, Any], **urls: str) -> dict[str, Any]:
    entries = [
        {"fullUrl": urls.get(str(each.get("id")), ""), "resource": each} for each in resources
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("name", ["in.json", "in.txt"])
def test_a_bundle_is_read_however_it_is_written(
    tmp_path: Path, name: str, indent: int | None
) -> None:
    path = tmp_path / name
    path.write_text(json.dumps(bundle(USES_IT, MEDICATION), indent=indent), encoding="utf-8")
    found, report = read_file(path)
    assert found[0]["administrations"][0]["drug"] == "ondansetron"
    assert (report.read, report.used) == (2, 2)


def test_a_bundle_is_read_entry_by_entry_at_any_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "in.json"
    path.write_text(json.dumps(bundle(given("ä1"), given("a2")), indent=1), encoding="utf-8")
    whole, _ = read_file(path)
    for size in (1, 7, 100):
        monkeypatch.setattr(stream, "_CHUNK", size)
        assert read_file(path)[0] == whole


def test_gzip_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "in.ndjson.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + json.dumps(given()).encode()))
    assert len(read_file(path)[0]) == 1


def test_resources_of_a_transaction_point_at_each_other_by_urn(tmp_path: Path) -> None:
    visit = {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}}
    administration = given(context={"reference": "urn:uuid:1"})
    entries = [{"fullUrl": "urn:uuid:1", "resource": visit}, {"resource": administration}]
    path = tmp_path / "in.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "entry": entries}), encoding="utf-8")
    _, report = read_file(path)
    assert (report.used, report.notes) == (2, {})


def test_order_does_not_matter(tmp_path: Path) -> None:
    pieces = [USES_IT, MEDICATION, given("a2"), {"resourceType": "Patient", "id": "p1"}]
    (forward,), _ = read(tmp_path, pieces)
    (backward,), report = read(tmp_path, reversed(pieces))
    by_id = {each["id"]: each for each in forward["administrations"]}
    assert {each["id"]: each for each in backward["administrations"]} == by_id
    assert report.used == 4


@pytest.mark.parametrize(("first", "kept"), [("2025-03-04", "10"), ("2025-03-02", "20")])
def test_of_two_versions_the_later_one_stays(tmp_path: Path, first: str, kept: str) -> None:
    one = given(medicationCodeableConcept=concept("10"), meta={"lastUpdated": first})
    two = given(medicationCodeableConcept=concept("20"), meta={"lastUpdated": "2025-03-03"})
    (found,), report = read(tmp_path, [one, two])
    assert [each["drug"] for each in found["administrations"]] == [kept]
    assert report.dropped == {"superseded": 1}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "not_json"),
        (b"\xff", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"a": NaN}', "not_json"),
        (b"7", "not_a_resource"),
        (b"{}", "not_a_resource"),
        (b'{"resourceType": "Goal"}', "type_not_read"),
    ],
    ids=range(7),
)
def test_one_bad_line_does_not_stop_the_others(tmp_path: Path, line: bytes, reason: str) -> None:
    path = tmp_path / "in.ndjson"
    good = json.dumps(given()).encode()
    path.write_bytes(b"\n".join([good, line, b"", json.dumps(given("a2")).encode()]))
    found, report = read_file(path)
    assert len(found[0]["administrations"]) == 2
    assert report.dropped == {reason: 1}
    assert report.places[reason] == ("in.ndjson:2",)


def test_a_bundle_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "in.json"
    text = json.dumps(bundle(given("a1"), given("a2")), indent=1)
    path.write_text(text[: text.index('"a2"')], encoding="utf-8")
    found, report = read_file(path)
    assert [each["id"] for each in found[0]["administrations"]] == ["a1"]
    assert (report.dropped, report.faults) == ({"not_json": 1}, 1)
    assert "character" in dropped_of(path)[0].place


def test_a_resource_that_nothing_refers_to_is_counted(tmp_path: Path) -> None:
    _, report = read(tmp_path, [given(), MEDICATION])
    assert report.dropped == {"not_referred_to": 1}


@pytest.mark.parametrize("data", [None, b"\x1f\x8b\x08damaged"])
def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "in.ndjson"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(InputError):
        list(KIND.read([path], {}, Tally()))


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        path = tmp_path / "in.ndjson"
        with path.open("w", encoding="utf-8") as file:
            for number in range(count):
                where = {"reference": f"Encounter/{number // 4}"}
                file.write(json.dumps(given(f"a{number}", context=where)) + "\n")
        tracemalloc.start()
        try:
            for _ in KIND.read([path], {}, Tally()):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)  # tables are loaded once
    assert peak(1600) < 1.5 * peak(400)
