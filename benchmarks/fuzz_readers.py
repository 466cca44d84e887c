"""Owns the coverage-guided fuzzing of the readers: `fhir`, `hl7`, `mar` and `x12`, with atheris.

    python -m benchmarks.fuzz_readers x12 [-runs=100000] [-max_total_time=60] [CORPUS]

No input may raise anything but InputError, and what was read must add up. Needs the package
atheris; the property tests of the readers ask the same of hypothesis.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["infusion_asp.ingest"]):
    from infusion_asp.ingest.common import Tally, encounters_of
    from infusion_asp.ingest.fhir import KIND as FHIR
    from infusion_asp.ingest.hl7 import KIND as HL7
    from infusion_asp.ingest.mar import KIND as MAR
    from infusion_asp.ingest.mar import read as _  # noqa: F401
    from infusion_asp.ingest.x12 import KIND as X12
from infusion_asp.model.errors import InputError
from tests.support import fhir, hl7_text, x12_reading, x12_text

KINDS = {"fhir": FHIR, "hl7": HL7, "mar": MAR, "x12": X12}
BUNDLE = {"resourceType": "Bundle", "entry": [{"resource": fhir.given()}]}
PROFESSIONAL = x12_reading.CLAIM | {"setting": "professional"}
RAS = "RAS^O17^RAS_O17"
OPTIONS = {"mar": {"preset": "epic"}}
RECORDS = Path(__file__).parents[1] / "fixtures" / "mar"
SEEDS = {
    "mar": [(RECORDS / f"{name}.csv").read_text("utf-8")[:900] for name in ("epic", "pcornet")],
    "fhir": [
        json.dumps(BUNDLE, indent=1),
        "\n".join(map(json.dumps, (fhir.given(), fhir.claim()))),
    ],
    "x12": [
        x12_text.interchange([x12_reading.CLAIM]),
        x12_text.interchange(
            [x12_reading.CLAIM | {"setting": "professional"}], ("|", ">", "^", "'")
        ),
    ],
    "hl7": [
        hl7_text.framed(hl7_text.message(RAS, hl7_text.given(), hl7_text.route())),
        hl7_text.message("DFT^P03", hl7_text.charge(), hl7_text.charge(kind="CD")),
    ],
}


def main() -> None:
    """Fuzz the kind that the first argument names; the others are those of libFuzzer."""
    name, rest = sys.argv[1], sys.argv[2:]
    kind = KINDS[name]
    with tempfile.TemporaryDirectory() as directory:
        path, corpus = Path(directory) / "input", Path(directory) / "corpus"
        corpus.mkdir()
        for rank, seed in enumerate(SEEDS[name]):
            (corpus / str(rank)).write_text(seed, newline="")

        def one(data: bytes) -> None:
            path.write_bytes(data)
            tally = Tally()
            try:
                for _ in encounters_of(kind.read([path], OPTIONS.get(name, {}), tally), tally):
                    pass
            except InputError:
                return
            if not tally.report(kind.name, kind.unit).adds_up:
                raise AssertionError("the counts do not add up")

        atheris.Setup([sys.argv[0], *rest, str(corpus)], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
