"""From a file of claims through `batch` to the page of `report`."""

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = (
    "chemotherapy_as_therapeutic",
    "hour_exact",
    "hour_too_many",
    "right_chemotherapy_day",
    "repeat_push_as_new",
    "hydration_beside_a_drug",
)
UNITS = ("oncology", "emergency", "emergency", "oncology", None, "<b>east</b>")


def run(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "infusion_asp", *arguments],
        cwd=place,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the output of a batch in `out`."""
    where = tmp_path_factory.mktemp("run")
    claims = [json.loads((ROOT / "fixtures/claims" / f"{name}.json").read_text()) for name in NAMES]
    texts = [*map(json.dumps, claims), '{"encounter_id": "cut off']
    table = pa.table({"encounter": texts, "department": pa.array([*UNITS, None], pa.string())})
    pq.write_table(table, where / "claims.parquet")
    done = run(where, "batch", "claims.parquet", "--out", "out", "--workers", "1", "-q")
    assert done.returncode == 2, done.stderr
    return where


@pytest.fixture(scope="module")
def page(place: Path) -> str:
    done = run(place, "report", "out", "--top", "20")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_page_counts_what_the_summary_counts(page: str, place: Path) -> None:
    summary = json.loads((place / "out" / "summary.json").read_text("utf-8"))
    assert (summary["records"], summary["encounters"]) == (7, 6)
    assert "6 with a result, 1 refused" in page
    assert f"<dd>${summary['over_usd']:,.2f}</dd>" in page
    assert f"<dd>${summary['under_usd']:,.2f}</dd>" in page
    for rule, count in summary["findings"].items():
        assert f">{rule}<" in page, count


def test_units_are_told_apart_and_are_no_markup(page: str) -> None:
    assert ">oncology<" in page
    assert ">not given<" in page
    assert "&lt;b&gt;east&lt;/b&gt;" in page
    assert "<b>east</b>" not in page


def test_the_encounters_of_findings_are_drawn_with_their_codes(page: str) -> None:
    _, _, case = page.partition("<h3>hour-too-many ")
    case, _, _ = case.partition("</article>")
    assert "<title>a1 vancomycin: 09:00 to 10:30, 90 min, infusion, 96365</title>" in case
    assert "<code>96366</code>" in case, "billed"
    assert "claim_units_over_minutes" in case


def test_minutes_of_what_was_charted_are_counted(page: str, place: Path) -> None:
    charted = pq.read_table(place / "out" / "evidence.parquet").to_pylist()
    drugs = [row for row in charted if row["kind"] in ("infusion", "push")]
    assert f'Drugs <span class="sum">{len(drugs)}</span>' in page


def test_a_refused_record_is_told_by_its_place(page: str) -> None:
    assert "claims.parquet:7" in page
    assert "cut off" not in page
