"""The claims of `fixtures/claims`: each is judged as worked out by hand from the rules."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from infusion_asp.model import parse_encounter
from infusion_asp.model.verification import ClaimFinding, Edit, Verification
from tests.support.claims import VERIFIER

CLAIMS = Path(__file__).parents[2] / "fixtures" / "claims"
STEMS = sorted(path.stem for path in CLAIMS.glob("*.json"))
FEWEST = 25
MONEY = ("over", "under")
QUERIES = {"stop", "access", "order", "hydration_reason", "primary_reason"}


@pytest.fixture(scope="module")
def verified() -> dict[str, Verification]:
    return {stem: VERIFIER.verify(parse_encounter(record(stem))) for stem in STEMS}


def record(stem: str) -> dict[str, Any]:
    read = json.loads((CLAIMS / f"{stem}.json").read_text(encoding="utf-8"))
    assert isinstance(read, dict)
    return read


def expected(stem: str) -> dict[str, Any]:
    read = yaml.safe_load((CLAIMS / "expected" / f"{stem}.yaml").read_text(encoding="utf-8"))
    assert isinstance(read, dict)
    return read


def test_there_are_enough_and_all_have_an_answer() -> None:
    assert len(STEMS) >= FEWEST
    assert sorted(path.stem for path in (CLAIMS / "expected").glob("*.yaml")) == STEMS
    for stem in STEMS:
        assert record(stem)["encounter_id"] == stem.replace("_", "-")
    assert {kind for stem in STEMS for kind in expected(stem).get("queries", ())} == QUERIES


@pytest.mark.parametrize("stem", STEMS)
def test_claim(stem: str, verified: dict[str, Verification]) -> None:
    found, wanted = verified[stem], expected(stem)
    assert found.verdict == wanted["verdict"]
    assert [line.status for line in found.billed] == wanted["billed"]
    assert [_missed(each.code, each.units) for each in found.missed] == [
        _missed(each["code"], each["units"]) for each in wanted["missed"]
    ]
    money = [_finding(each) for each in found.findings if each.risk in MONEY]
    asked = [
        (each["rule"], each["risk"], each["code"], tuple(each["for"]))
        for each in wanted["findings"]
    ]
    assert sorted(money) == sorted(asked)
    assert set(wanted.get("also", ())) <= {each.rule for each in found.findings}
    assert [_edit(each) for each in found.repair] == [_wanted(each) for each in wanted["repair"]]
    if "queries" in wanted:
        assert [each.kind for each in found.queries] == wanted["queries"]
    assert set(wanted.get("not_evaluated", ())) <= set(found.not_evaluated)


@pytest.mark.parametrize("stem", STEMS)
def test_the_repaired_claim_is_supported(stem: str, verified: dict[str, Verification]) -> None:
    found, given = verified[stem], record(stem)
    if found.verdict != "differs" or not given.get("administrations"):
        return
    again = VERIFIER.verify(parse_encounter({**given, "billed": repaired(given, found.repair)}))
    left = [each for each in again.findings if each.risk in MONEY]
    visit = [
        each for each in left if each.code in {s["code"] for s in given.get("other_services", ())}
    ]
    assert left == visit


def repaired(given: dict[str, Any], edits: tuple[Edit, ...]) -> list[dict[str, Any]]:
    """The billed lines with all edits applied."""
    lines: dict[int, dict[str, Any]] = dict(enumerate(given["billed"], 1))
    for number, edit in enumerate(edits, len(lines) + 1):
        place = edit.index or number
        if edit.after is None:
            del lines[place]
        else:
            lines[place] = edit.after.model_dump(mode="json", exclude_none=True)
    return list(lines.values())


def test_time_rules_are_never_passed_without_a_record(verified: dict[str, Verification]) -> None:
    bare = [stem for stem in STEMS if "administrations" not in record(stem)]
    assert len(bare) >= 5
    for stem in bare:
        assert "claim_units_over_minutes" in verified[stem].not_evaluated
        assert "supported" not in {line.status for line in verified[stem].billed}


def _missed(code: str, units: int) -> tuple[str, int]:
    return code, units


def _finding(each: ClaimFinding) -> tuple[str, str, str, tuple[str, ...]]:
    return each.rule, each.risk, each.code or "", tuple(each.administrations)


def _edit(edit: Edit) -> tuple[Any, ...]:
    after = edit.after
    if edit.action == "add" and after is not None:
        return "add", after.code, after.units, tuple(after.modifiers)
    if edit.action == "remove" or after is None:
        return edit.action, edit.index
    new = {
        "change_units": after.units,
        "change_code": after.code,
        "change_modifiers": tuple(after.modifiers),
    }
    return edit.action, edit.index, new[edit.action]


def _wanted(edit: dict[str, Any]) -> tuple[Any, ...]:
    match edit:
        case {"action": "add", "code": code, "units": units}:
            return "add", code, units, tuple(edit.get("modifiers", ()))
        case {"action": "change_units", "index": index, "units": units}:
            return "change_units", index, units
        case {"action": "change_code", "index": index, "code": code}:
            return "change_code", index, code
        case {"action": "change_modifiers", "index": index}:
            return "change_modifiers", index, tuple(edit["modifiers"])
    return edit["action"], edit["index"]


def test_risks_are_spread(verified: dict[str, Verification]) -> None:
    risks = Counter(each.risk for found in verified.values() for each in found.findings)
    assert risks["over"] and risks["under"] and risks["documentation"]
