"""FHIR: encounters written and read back are the same, and nothing makes the reader crash."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infusion_asp.coding import Coder
from infusion_asp.ingest.common import Tally, encounters_of
from infusion_asp.ingest.fhir import KIND
from infusion_asp.model import parse_encounter
from infusion_asp.rulebook import load_rulebook
from tests.support import fhir
from tests.support.random_encounters import random_encounter
from tests.support.strategies import seeded

FAST = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PIECES = [
    fhir.given(),
    fhir.given(
        "a2",
        medicationCodeableConcept=None,
        medicationReference={"reference": "Medication/m"},
        device=[{"reference": "Device/d"}],
        partOf=[{"reference": "MedicationAdministration/a1"}],
        dosage={
            "route": fhir.concept("", (fhir.SNOMED, "47625008", "")),
            "method": fhir.concept("PICC line"),
            "site": fhir.concept("hand"),
            "dose": {"value": 1, "code": "mL"},
            "rateRatio": {"numerator": {"value": 1, "code": "mL"}, "denominator": {"code": "h"}},
        },
    ),
    {
        "resourceType": "Medication",
        "id": "m",
        "code": fhir.concept("", (fhir.CVX, "140", "")),
        "ingredient": [{"itemCodeableConcept": fhir.concept("x"), "isActive": False}],
    },
    {"resourceType": "Device", "id": "d", "type": fhir.concept("port"), "deviceName": [{}]},
    {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "finished",
        "class": {"code": "IMP"},
        "period": {"start": "2025-03-03T09:00:00", "end": "2025-03-03"},
        "classHistory": [{"class": {"code": "IMP"}, "period": {"start": "2025-03-03T09:00:00"}}],
    },
    fhir.claim(item=[fhir.item("96365", modifier=[fhir.concept("", (fhir.CPT, "59", ""))])]),
]
ODD = ("2025-03-03", "2025-02-30T10:00:00Z", "0001-01-01T00:00:00+14:00", "#", "|", "\ud800")
ODD += ("Encounter/e1", "urn:uuid:1", "active", "unknown", "h", "mL", "9999-12-31T23:59:59Z")
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(ODD),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)


def changed(value: Any, rng: random.Random, put: Any) -> Any:
    """A copy of `value` with something else at a random place."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        name = rng.choice(sorted(value))
        return value | {name: changed(value[name], rng, put)}
    if isinstance(value, list) and value and rng.random() < 0.9:
        at = rng.randrange(len(value))
        return [*value[:at], changed(value[at], rng, put), *value[at + 1 :]]
    return put


@FAST
@given(st.lists(st.tuples(st.sampled_from(PIECES), st.randoms(), ANYTHING), max_size=6))
def test_no_value_at_any_place_makes_the_reader_crash(
    tmp_path: Path, pieces: list[tuple[Any, random.Random, Any]]
) -> None:
    resources = [changed(piece, rng, put) for piece, rng, put in pieces]
    _, report = fhir.read(tmp_path, [*resources, *PIECES])
    assert report.read == len(resources) + len(PIECES)


@FAST
@given(st.binary(max_size=200), st.integers(0, 400), st.booleans())
def test_no_bytes_make_the_reader_crash(
    tmp_path: Path, noise: bytes, at: int, pretty: bool
) -> None:
    bundle = {"resourceType": "Bundle", "entry": [{"resource": piece} for piece in PIECES]}
    text = json.dumps(bundle, indent=1 if pretty else None).encode()
    path = tmp_path / "in.json"
    path.write_bytes(text[:at] + noise + text[at:])
    fhir.read_file(path)


BILLED = st.fixed_dictionaries(
    {
        "code": st.sampled_from(["96365", "96413", "J1745", "99213"]),
        "units": st.integers(1, 400),
        "modifiers": st.lists(st.sampled_from(["59", "XU", "JZ", "25"]), unique=True, max_size=3),
        "date": st.sampled_from(["2025-03-03", "2025-03-04"]),
    }
)


@FAST
@given(seeded(3), st.lists(BILLED, min_size=1, max_size=5))
def test_a_claim_written_as_fhir_is_read_back_the_same(
    tmp_path: Path, encounter: dict[str, Any], billed: list[dict[str, Any]]
) -> None:
    plain = fhir.plain(encounter | {"billed": billed})
    (found,), _ = fhir.read(tmp_path, fhir.written(plain))
    assert _sorted(found) == _sorted(plain)


@FAST
@given(seeded(6))
def test_an_encounter_written_as_fhir_is_read_back_the_same(
    tmp_path: Path, encounter: dict[str, Any]
) -> None:
    plain = fhir.plain(encounter)
    (found,), _ = fhir.read(tmp_path, fhir.written(plain))
    assert _sorted(found) == _sorted(plain)


def test_an_encounter_written_as_fhir_and_read_back_has_the_same_codes(tmp_path: Path) -> None:
    coder = Coder(load_rulebook())
    for seed in range(4):
        plain = fhir.plain(random_encounter(random.Random(seed)))
        (found,), _ = fhir.read(tmp_path, fhir.written(plain))
        once, again = coder.code(parse_encounter(plain)), coder.code(parse_encounter(found))
        assert [line.model_dump() for line in again.lines] == [
            line.model_dump() for line in once.lines
        ]


def test_every_encounter_that_is_read_is_one_that_the_format_accepts(tmp_path: Path) -> None:
    path = tmp_path / "in.ndjson"
    path.write_text("".join(json.dumps(piece) + "\n" for piece in PIECES), encoding="utf-8")
    tally = Tally()
    found = list(encounters_of(KIND.read([path], {}, tally), tally, strict=True))
    assert len(found) == 2


def _sorted(encounter: dict[str, Any]) -> dict[str, Any]:
    """An encounter without origins, its lists in one order."""
    lists = {
        field: [
            {name: value for name, value in each.items() if name != "origin" and value != []}
            for each in encounter.get(field, [])
        ]
        for field in ("administrations", "accesses", "billed")
    }
    lists["accesses"].sort(key=lambda each: str(each["id"]))
    return encounter | lists
