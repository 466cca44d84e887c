"""`rules diff`: each hand-made edit is refuted by an encounter or proved harmless."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from infusion_asp.cli import main
from infusion_asp.coding import code
from infusion_asp.engine import NoAnswer, TwoAnswers
from infusion_asp.rulebook import load_rulebook, shipped_logic
from tests.support.rule_edits import EDITS, Edit, at


def diff(new: Path | str, *more: str) -> Result:
    return CliRunner().invoke(main, ["rules", "diff", str(shipped_logic()), str(new), *more])


def test_a_rulebook_equals_itself() -> None:
    done = diff(shipped_logic())
    assert done.exit_code == 0, done.output
    assert "no difference, proved" in " ".join(done.output.split())


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_an_edit_is_refuted_or_proved_harmless(tmp_path: Path, edit: Edit) -> None:
    place = at(tmp_path, edit)
    out = tmp_path / "found"
    done = diff(place, "--format", "json", "--out", str(out))
    report = json.loads(done.output)
    if edit.harmless:
        assert done.exit_code == 0
        assert report["how"] in ("equal", "proved"), report["note"]
        return
    assert done.exit_code == 1, report["note"]
    kinds = [each["kind"] for each in report["differences"]]
    assert edit.kind in kinds
    example = json.loads((out / f"{edit.kind}.json").read_text("utf-8"))
    if edit.kind != "answer":
        assert code(example, explain=False).encounter_id == example["encounter_id"]
        return
    with pytest.raises((NoAnswer, TwoAnswers)):
        code(example, rulebook=load_rulebook(place), explain=False)


def test_a_changed_sentence_is_shown_with_its_place(tmp_path: Path) -> None:
    edit = next(each for each in EDITS if each.name == "another sentence")
    done = diff(at(tmp_path, edit))
    assert "no difference, proved: the rules are the same" in " ".join(done.output.split())
    assert "further_hours, sentence" in " ".join(done.output.split())
    assert "are good for" in " ".join(done.output.split())


def test_pages_for_reviewers_and_the_money_of_a_file(tmp_path: Path) -> None:
    place = at(tmp_path, EDITS[0])
    record = {
        "encounter_id": "e1",
        "administrations": [
            {
                "id": "a1",
                "drug": "ceftriaxone",
                "route": "intravenous",
                "method": "infusion",
                "start": "2025-03-03T09:00",
                "stop": "2025-03-03T10:31",
            }
        ],
    }
    file = tmp_path / "records.json"
    file.write_text(json.dumps([record]), encoding="utf-8")
    done = diff(place, "--format", "markdown", "--encounters", str(file))
    assert done.exit_code == 1
    assert done.output.startswith("# ")
    assert "## 1 of 1 encounters change" in " ".join(done.output.split())
    assert "| 96366 | -1 | -" in " ".join(done.output.split())
    html = diff(place, "--format", "html").output
    assert html.startswith("<!doctype html>") and "</html>" in html
    assert "http" not in html.replace("http-equiv", "")


def test_rules_that_do_not_load_are_told_with_file_and_line(tmp_path: Path) -> None:
    wrong = Edit(
        "arity", "derive/ranks.lp", "not repeat_infusion(Service).", "not repeat(Service)."
    )
    done = diff(at(tmp_path, wrong))
    assert done.exit_code == 2
    assert "derive/ranks.lp:" in done.stderr
