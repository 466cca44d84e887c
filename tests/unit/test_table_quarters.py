"""Tables from import to answer: the commands, the quarter that a result names, and the finding."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from infusion_asp import code, code_many, verify
from infusion_asp.cli import main
from infusion_asp.coding import Coder
from infusion_asp.model import Finding, parse_encounter
from infusion_asp.model import Result as Coded
from infusion_asp.model.verification import Verification
from infusion_asp.rulebook import load_rulebook
from infusion_asp.tables.store import VARIABLE
from infusion_asp.verify import Verifier
from tests.support import published as made

OUTSIDE = "edits_outside_quarters"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data directory of the user."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "data"))
    return tmp_path / "data"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["tables", *map(str, words)])


def limits(directory: Path, quarter_day: str, units: int, setting: str = "Practitioner") -> Path:
    names = {
        "Practitioner": "PractitionerServices",
        "Outpatient Hospital": "OutpatientHospitalServices",
    }
    return made.file(
        directory / f"MCR_MUE_{names[setting]}_Eff_{quarter_day}.csv",
        made.limits_csv([("96415", units, 3), ("96413", 1, 3)], setting),
    )


def infusion(day: str, hours: int = 2, **more: Any) -> dict[str, Any]:
    """Infliximab from nine, as many hours as said."""
    return {
        "encounter_id": "e1",
        "payer": "medicare",
        "administrations": [
            {
                "id": "a1",
                "drug": "infliximab",
                "route": "intravenous",
                "method": "infusion",
                "start": f"{day}T09:00",
                "stop": f"{day}T{9 + hours:02d}:00",
            }
        ],
        **more,
    }


def found(result: Any, rule: str) -> list[Finding]:
    assert isinstance(result, Coded)
    return [each for each in result.findings if each.rule == rule]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2024-06-30", "before"),
        ("2024-07-01", None),
        ("2024-09-30", None),
        ("2024-10-01", "after"),
        ("2031-01-01", "after"),
    ],
)
def test_a_day_outside_the_loaded_quarters_is_a_finding(
    data: Path, day: str, said: str | None
) -> None:
    (result,) = [code(infusion(day))]
    findings = found(result, OUTSIDE)
    assert len(findings) == (0 if said is None else 1)
    for finding in findings:
        assert (finding.level, finding.risk) == ("info", "none")
        assert f"{said} every loaded quarter" in finding.sentence
        assert "2024Q3" in finding.sentence
        assert "infusion-asp tables import ptp" in finding.help
    assert result.tables["ptp_edits"] == "2024Q3"


def test_a_profile_that_consults_no_payer_edits_is_silent(data: Path) -> None:
    assert not found(code(infusion("2031-01-01", payer="cpt")), OUTSIDE)


def test_a_claim_is_told_whatever_its_payer(data: Path) -> None:
    billed = [{"code": "96413", "units": 1}, {"code": "96415", "units": 1}]
    result = verify(infusion("2031-01-01", payer="cpt", billed=billed))
    assert [each.level for each in result.findings if each.rule == OUTSIDE] == ["info"]
    assert result.tables["mue"] == "2024Q3"
    inside = verify(infusion("2024-08-01", payer="cpt", billed=billed))
    assert not [each for each in inside.findings if each.rule == OUTSIDE]


def test_every_claim_of_a_file_is_told_in_the_same_words(data: Path) -> None:
    billed = [{"code": "96413", "units": 1}, {"code": "96415", "units": 1}]
    claims = [
        parse_encounter(infusion(day, payer="cpt", billed=billed[:lines]))
        for day in ("2031-01-01", "2024-08-01", "2031-02-01", "2020-02-01")
        for lines in (2, 1, 2)
    ]
    verifier = Verifier(Coder(load_rulebook()))
    together = verifier.verify_many(claims)
    for claim, one in zip(claims, together, strict=True):
        assert isinstance(one, Verification)
        assert one.findings == verifier.verify(claim).findings
        assert one.verdict == ("supported" if len(claim.billed) == 2 else "differs")


def test_the_date_of_service_chooses_the_limit(data: Path, tmp_path: Path) -> None:
    for day, units in (("01-01-2025", 1), ("04-01-2025", 3)):
        outcome = run("import", "mue", limits(tmp_path, day, units, "Outpatient Hospital"))
        assert outcome.exit_code == 0, outcome.output
    days = ("2025-03-31", "2025-04-01")
    for result, day in zip(code_many([infusion(day, 4) for day in days]), days, strict=True):
        expected = day == "2025-03-31"
        assert bool(found(result, "mue_exceeded")) is expected
        assert result.tables["mue"] == ("2025Q1" if expected else "2025Q2")
        assert result.tables["ptp_edits"] == "2024Q3"
        assert found(code(infusion(day, 4)), "mue_exceeded") != [] or not expected


def test_tables_of_different_quarters_are_named_one_by_one(data: Path, tmp_path: Path) -> None:
    assert (
        run("import", "mue", limits(tmp_path, "01-01-2025", 8, "Outpatient Hospital")).exit_code
        == 0
    )
    result = code(infusion("2025-02-01"))
    assert not found(result, OUTSIDE)
    findings = found(result, "table_outside_quarters")
    assert {each.arguments[0] for each in findings} == {"ptp", "aoc"}
    assert all("after every loaded quarter" in each.sentence for each in findings)
    later = found(code(infusion("2024-12-01")), "table_outside_quarters")
    assert {each.arguments[0]: "between" in each.sentence for each in later} == {
        "ptp": False,
        "mue": True,
        "aoc": False,
    }


def test_a_table_with_missing_parts_is_said(data: Path, tmp_path: Path) -> None:
    name = "ccioph-v310r0-f1.TXT"
    pairs: list[made.Pair] = [("96413", "96365", "20250101", "*", "1")]
    outcome = run("import", "ptp", made.file(tmp_path / name, made.pairs_text(pairs)))
    assert outcome.exit_code == 0
    assert "parts f2, f3, f4 of ptp 2025Q1 facility are not loaded yet" in outcome.stderr
    (finding,) = found(code(infusion("2025-02-01")), "table_incomplete")
    assert "2025Q1" in finding.sentence


def test_import_list_and_remove(data: Path, tmp_path: Path) -> None:
    source = limits(tmp_path, "10-01-2025", 8)
    outcome = run("import", "mue", source)
    assert outcome.exit_code == 0
    assert outcome.stdout.startswith("mue 2025Q4 professional: 2 rows from MCR_MUE_Practitioner")
    listed = run("list")
    assert listed.exit_code == 0
    lines = [line.split() for line in listed.stdout.splitlines() if "mue" in line]
    assert [line[:5] for line in lines] == [
        ["mue", "both", "2024Q3", "692", "shipped"],
        ["mue", "professional", "2025Q4", "2", "imported"],
    ]
    assert str(data) in listed.stdout
    shown = json.loads(run("list", "--format", "json").stdout)
    (table,) = [each for each in shown["tables"] if each["origin"] == "imported"]
    assert (table["quarter"], table["rows"], table["setting"]) == ("2025Q4", 2, "professional")
    assert (table["from"], table["to"]) == ("2025-10-01", "2025-12-31")
    assert len(table["sha256"]) == 64
    assert table["files"][0]["name"] == source.name
    assert run("remove", "mue", "2025Q4").stdout == "mue 2025Q4 professional: removed, 2 rows\n"
    assert json.loads(run("list", "--format", "json").stdout)["tables"] == shown["tables"][:-1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("import", "ptp", "MUE"),
            "is a table of medically unlikely edits (mue), not of NCCI pairs",
        ),
        (("import", "mue", "MUE", "--quarter", "2025Q3"), "is of 2025Q4, not of 2025Q3"),
        (("import", "mue", "MUE", "--setting", "facility"), "is of the professional setting"),
        (("import", "mue", "MUE", "--quarter", "2025"), "'2025' is not a quarter such as 2025Q4"),
        (("import", "mue", "missing.csv"), "missing.csv"),
        (("import", "mui", "MUE"), "mui"),
        (("remove", "mue", "2025Q4"), "no mue table of 2025Q4 is stored"),
    ],
)
def test_refusals_end_with_two_and_say_why(
    data: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    source = limits(tmp_path, "10-01-2025", 8)
    outcome = run(*(source if word == "MUE" else word for word in words))
    assert outcome.exit_code == 2
    assert said in outcome.stderr
    assert not list(data.rglob("*.sqlite"))


def test_the_status_of_a_drug_is_that_of_its_quarter(data: Path, tmp_path: Path) -> None:
    def waste(day: str) -> list[tuple[str, ...]]:
        given = {"hcpcs": "J1745", "dose": 300, "dose_unit": "mg", "wasted": 0}
        record = infusion(day)
        record["administrations"][0].update(given)
        return [line.modifiers for line in code(record).lines if line.code == "J1745"]

    assert waste("2025-11-03") == waste("2026-08-03") == [("JZ",)]
    name = "508 version of July 2026 Web Addendum B.csv"
    content = made.addendum_b([("J1745", "N", "", "")])
    assert run("import", "opps", made.file(tmp_path / name, content)).exit_code == 0
    assert waste("2026-08-03") == [()], "packaged in that quarter: no modifier"
    assert waste("2025-11-03") == [("JZ",)], "before that quarter"


@pytest.mark.parametrize(
    ("day", "valid"),
    [("2026-06-30", False), ("2026-07-01", True), ("2026-09-30", True), ("2026-10-01", False)],
)
def test_a_billed_code_has_to_be_in_force(
    data: Path, tmp_path: Path, day: str, valid: bool
) -> None:
    name = "HCPC2026_JUL_ANWEB_06172026.txt"
    content = made.hcpcs_text([("C9999", "20260701", "20260701", "20260930", "D")])
    assert run("import", "hcpcs", made.file(tmp_path / name, content)).exit_code == 0
    result = verify(infusion(day, billed=[{"code": "C9999", "units": 1}]))
    findings = [each for each in result.findings if each.rule == "claim_code_not_valid"]
    assert len(findings) == (0 if valid else 1)
    for finding in findings:
        assert (finding.level, finding.risk, finding.code) == ("warning", "documentation", "C9999")
        assert "C9999 was not in force" in finding.message
        assert "2026Q3" in finding.message
