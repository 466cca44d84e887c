"""The official FHIR samples: read as fhir.resources reads them, and as the docs say."""

from __future__ import annotations

import json
import random
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.support.fhir import concept, given, plain, read_file, written
from tests.support.fhir_samples import DATA, samples, section, table
from tests.support.random_encounters import random_encounter

R4B = pytest.importorskip("fhir.resources.R4B")
there = pytest.mark.skipif(not samples(), reason="needs ../shared/realdata")
SERVICES = ("http://www.ama-assn.org/go/cpt", "HCPCSReleaseCodeSets")


def parsed(resource: dict[str, Any]) -> Any:
    name = resource["resourceType"]
    module = import_module(f"fhir.resources.R4B.{name.lower()}")
    return getattr(module, name).model_validate(resource)


def resource_of(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text("utf-8")))


@there
def test_the_docs_say_what_each_sample_yields() -> None:
    assert section() == table()


@there
@pytest.mark.parametrize(
    "path", sorted(DATA.glob("*/MedicationAdministration-*.json")), ids=lambda path: path.stem
)
def test_administrations_agree_with_the_oracle(path: Path) -> None:
    oracle = parsed(resource_of(path))
    found, report = read_file(path)
    if oracle.status in ("entered-in-error", "on-hold"):
        assert not found
        assert report.faults == 0
        return
    administration = found[0]["administrations"][0]
    period = oracle.effectivePeriod
    assert datetime.fromisoformat(administration["start"]) == period.start
    assert ("stop" in administration) == (period.end is not None)
    if period.end is not None:
        assert datetime.fromisoformat(administration["stop"]) == period.end
    dose = oracle.dosage.dose
    read_as = administration.get("dose", administration.get("volume_ml"))
    assert read_as == (None if "/" in dose.unit else float(dose.value)) if dose.unit else True
    ratio = oracle.dosage.rateRatio
    hourly = float(ratio.numerator.value / ratio.denominator.value) if ratio else None
    assert administration.get("rate_ml_per_hr") == hourly
    held = oracle.contained[0] if oracle.contained else None
    code = oracle.medicationCodeableConcept or (held and held.code)
    concepts = [code] if code else [each.itemCodeableConcept for each in held.ingredient]
    names = administration.get("mix") or [administration["drug"]]
    assert len(names) == len(concepts)
    for name, each in zip(names, concepts, strict=True):
        assert each.coding[0].display.startswith(name)
        assert each.coding[0].code in administration["origin"]


@there
@pytest.mark.parametrize(
    "path",
    sorted([*DATA.glob("*/Claim-*.json"), *DATA.glob("*/ExplanationOfBenefit-*.json")]),
    ids=lambda path: path.stem,
)
def test_billed_lines_agree_with_the_oracle(path: Path) -> None:
    oracle = parsed(resource_of(path))
    found, _ = read_file(path)
    medical = oracle.use == "claim" and oracle.type.coding[0].code in (
        "institutional",
        "professional",
    )
    expected = [] if not medical else [line for item in oracle.item for line in _line(item)]
    read_as = [
        (line["code"], line.get("units", 1), line.get("modifiers", []), line.get("date"))
        for encounter in found
        for line in encounter["billed"]
    ]
    assert read_as == expected


def _line(item: Any) -> list[tuple[str, int, list[str], str | None]]:
    coding = item.productOrService.coding[0]
    if not any(system in (coding.system or "") for system in SERVICES):
        return []
    units = int(item.quantity.value) if item.quantity else 1
    modifiers = [each.code for concept_ in item.modifier or () for each in concept_.coding]
    period = item.servicedPeriod
    day: date | None = item.servicedDate or (period.start if period.start == period.end else None)
    return [(coding.code, units, list(dict.fromkeys(modifiers)), day and day.isoformat())]


def test_what_the_tests_write_is_fhir() -> None:
    for seed in range(30):
        billed = [{"code": "J1745", "units": 1, "modifiers": ["JZ"], "date": "2025-03-03"}]
        encounter = random_encounter(random.Random(seed)) | {"billed": billed}
        for resource in written(plain(encounter)):
            resource["id"] = resource["id"].replace("_", "-")
            parsed(_with_offsets(resource))


def test_the_oracle_refuses_what_is_not_fhir() -> None:
    with pytest.raises(ValueError, match="dosage"):
        parsed(given(dosage=[concept("IV")]))


def _with_offsets(resource: Any) -> Any:
    """A resource whose clock times have the offset that FHIR asks for."""
    if isinstance(resource, dict):
        return {name: _with_offsets(value) for name, value in resource.items()}
    if isinstance(resource, list):
        return [_with_offsets(value) for value in resource]
    if isinstance(resource, str) and len(resource) >= 16 and resource[10] == "T":
        return resource[:16] + ":00Z" if resource.count(":") < 2 else resource + "Z"
    return resource
