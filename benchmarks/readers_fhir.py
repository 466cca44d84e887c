"""Measures the FHIR reader: resources per second of CPU, and memory against the size of a file.

    python -m benchmarks.readers_fhir [--encounters N] [--write]

The file is NDJSON as a bulk export writes it, by type: patients, encounters, medications, devices,
administrations, claims. Each size runs in a process of its own, twice: reading alone, and with the
check of every encounter against the encounter format. `--write` keeps benchmarks/readers_fhir.md.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infusion_asp.ingest.common import Converted, Tally, encounters_of
from infusion_asp.ingest.fhir import KIND
from infusion_asp.tables import load_tables

HERE = Path(__file__).parent
ENCOUNTERS = 4000
GROWTH = (1, 4)
DRUGS = ("infliximab", "ondansetron", "dexamethasone", "vancomycin", "sodium chloride 0.9 %")
NARRATIVE = {"status": "generated", "div": "<div>" + "words of a narrative, " * 20 + "</div>"}
SNOMED = "http://snomed.info/sct"
Resource = dict[str, Any]


def main() -> None:
    """Measure both sizes, print the table, keep it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encounters", type=int, default=ENCOUNTERS)
    parser.add_argument("--write", action="store_true", help="keep the table in readers_fhir.md")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(_measured(options.measure, check=options.check)))
        return
    lines = list(_table(options.encounters))
    print("\n".join(lines))
    if options.write:
        text = "# Speed of the FHIR reader\n\n" + "\n".join(lines) + "\n"
        (HERE / "readers_fhir.md").write_text(text, encoding="utf-8")


def _table(encounters: int) -> Iterator[str]:
    yield "| resources | MB | step | resources per second of CPU | peak memory, MB |"
    yield "|---:|---:|---|---:|---:|"
    for times in GROWTH:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "export.ndjson"
            size = _write(path, encounters * times)
            for step, flags in (("read", []), ("read and checked", ["--check"])):
                command = [sys.executable, "-m", "benchmarks.readers_fhir", "--measure", str(path)]
                done = subprocess.run(
                    [*command, *flags], capture_output=True, text=True, check=True
                )
                found = json.loads(done.stdout)
                assert found["read"] == size, "every resource is counted"
                speed = found["read"] / found["seconds"]
                megabytes = path.stat().st_size / 1e6
                yield f"| {size} | {megabytes:.0f} | {step} | {speed:.0f} | {found['peak']:.0f} |"


def _measured(path: Path, *, check: bool) -> dict[str, float]:
    load_tables()
    tally = Tally()
    begin = time.process_time()
    if check:
        for _ in encounters_of(KIND.read([path], {}, tally), tally):
            pass
    else:
        for item in KIND.read([path], {}, tally):
            if isinstance(item, Converted):
                tally.use(item)
            else:
                tally.drop(item)
    seconds = time.process_time() - begin
    report = tally.report(KIND.name, KIND.unit)
    assert report.adds_up, "the counts add up"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "read": report.read, "peak": peak}


def _write(path: Path, encounters: int) -> int:
    """Writes an export; returns the number of resources."""
    rng = random.Random(encounters)
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for each in _export(encounters, rng):
            file.write(json.dumps(each) + "\n")
            count += 1
    return count


def _export(encounters: int, rng: random.Random) -> Iterator[Resource]:
    for number in range(encounters):
        yield {"resourceType": "Patient", "id": f"p{number}", "text": NARRATIVE}
    for number in range(encounters):
        yield {
            "resourceType": "Encounter",
            "id": f"e{number}",
            "text": NARRATIVE,
            "status": "finished",
            "class": {"code": "AMB"},
            "subject": {"reference": f"Patient/p{number}"},
            "period": {"start": "2025-03-03T08:00:00-05:00", "end": "2025-03-03T17:00:00-05:00"},
        }
    for number, drug in enumerate(DRUGS):
        yield {"resourceType": "Medication", "id": f"m{number}", "code": {"text": drug}}
    yield {"resourceType": "Device", "id": "port", "type": {"text": "Implantable port"}}
    for number in range(encounters * 4):
        yield _administration(number, number // 4, rng)
    for number in range(encounters):
        yield _claim(number)


def _administration(number: int, encounter: int, rng: random.Random) -> Resource:
    start = rng.randrange(9 * 60, 14 * 60)
    stop = start + rng.randrange(5, 150)
    coded = {"system": SNOMED, "code": "47625008", "display": "Intravenous route"}
    day = "2025-03-03T"
    return {
        "resourceType": "MedicationAdministration",
        "id": f"a{number}",
        "text": NARRATIVE,
        "status": "completed",
        "medicationReference": {"reference": f"Medication/m{rng.randrange(len(DRUGS))}"},
        "subject": {"reference": f"Patient/p{encounter}"},
        "context": {"reference": f"Encounter/e{encounter}"},
        "device": [{"reference": "Device/port"}],
        "effectivePeriod": {
            "start": f"{day}{start // 60:02}:{start % 60:02}:00-05:00",
            "end": f"{day}{stop // 60:02}:{stop % 60:02}:00-05:00",
        },
        "dosage": {
            "route": {"coding": [coded]},
            "method": {"text": "Infusion"},
            "dose": {"value": rng.randrange(1, 500), "unit": "mg", "code": "mg"},
            "rateRatio": {
                "numerator": {"value": rng.randrange(50, 250), "code": "mL"},
                "denominator": {"value": 1, "code": "h"},
            },
        },
    }


def _claim(number: int) -> Resource:
    cpt = "http://www.ama-assn.org/go/cpt"
    return {
        "resourceType": "Claim",
        "id": f"c{number}",
        "text": NARRATIVE,
        "status": "active",
        "use": "claim",
        "type": {"coding": [{"code": "institutional"}]},
        "patient": {"reference": f"Patient/p{number}"},
        "item": [
            {
                "sequence": at,
                "productOrService": {"coding": [{"system": cpt, "code": code}]},
                "servicedDate": "2025-03-03",
                "quantity": {"value": 1},
                "encounter": [{"reference": f"Encounter/e{number}"}],
            }
            for at, code in enumerate(("96413", "96415", "96375"), 1)
        ],
    }


if __name__ == "__main__":
    main()
