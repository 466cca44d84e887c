"""Verified claims as text, Markdown, a page and JSON: verdict first, money, repair as a diff."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from infusion_asp.model import Verification, json_schema
from infusion_asp.render import FORMATS, render
from infusion_asp.render.claim_view import money, signed, summary
from tests.unit.claim_samples import CLAIM, billed, claim, claimed, right
from tests.unit.render_samples import day, refused
from tests.unit.test_render import _tags

ALL = [claim(), refused(), right()]
FOR_READERS = ("text", "markdown", "html")


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_names_every_code_rule_and_administration(form: str) -> None:
    text = render(ALL, form, full=True)
    for code in ("96413", "96415", "96365", "96368", "96375", "J9263", "99213", "96372"):
        assert code in text
    for rule in ("units_by_minutes", "one_initial", "hydration_diagnosis", "push_presence"):
        assert rule in text.replace("\\_", "_")
    assert "125 minutes of a3" in text
    assert "bad-01" in text
    assert text.endswith("\n")


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_the_same_in_every_run(form: str) -> None:
    assert render(ALL, form, full=True) == render(list(ALL), form, full=True)


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_text_stays_inside_the_width(width: int) -> None:
    dated = claim(billed=[*CLAIM["billed"], billed(7, "96361", "hydration", date=date(2025, 3, 4))])
    text = render([*ALL, dated], "text", width=width, full=True)
    assert max(len(each) for each in text.splitlines()) <= width
    assert not [each for each in text.splitlines() if each != each.rstrip()]


def test_text_begins_with_the_verdict() -> None:
    assert render([claim()], "text").startswith("DIFFERS  chemo-day-04\n")
    assert render([right()], "text").startswith("SUPPORTED  right-01\n")
    assert render([claim(verdict="not_evaluable")], "text").startswith("NOT EVALUABLE  ")


def test_text_shows_its_parts_in_order() -> None:
    text = render([claim()], "text", full=True)
    parts = [
        "DIFFERS",
        "BILLED",
        "NOT BILLED",
        "FINDINGS",
        "REPAIR",
        "QUERIES",
        "WAYS TO READ",
        "NOT EVALUATED",
        "SUPPORTED BY THE RECORD",
    ]
    places = [text.index(each) for each in parts]
    assert places == sorted(places)


def test_the_table_has_status_supported_units_and_money() -> None:
    text = render([claim()], "text")
    assert re.search(r"^  2  96415 +3 +1  wrong units +\$131\.26 over$", text, re.MULTILINE)
    assert re.search(r"^  6  99213 +1  25 +-  not evaluable$", text, re.MULTILINE)
    assert "supported: 96367 ×1" in text


def test_labels_stand_in_the_table_where_there_is_room() -> None:
    assert re.search(r"wrong units +\$131.26 over  chemo", render([claim()], "text", width=120))


def test_the_total_names_the_table_of_the_amounts_and_its_year() -> None:
    for form in FOR_READERS:
        text = render([claim()], form)
        assert "$275.32" in text
        assert "$41.50" in text
        assert "OPPS 2025" in text
        assert "packaged lines are worth nothing" in text


def test_findings_say_risk_amount_line_and_help() -> None:
    text = render([claim()], "text")
    assert "overpayment of $131.26, billed line 2, a3" in text
    assert "underpayment of $41.50, a2" in text
    assert "help: bill 96415 with 1 unit" in text
    assert text.index("  error  ") < text.index("  warning  ") < text.index("  info  ")


def test_repair_is_a_diff_with_the_change_in_money() -> None:
    text = render([claim()], "text")
    assert re.search(r"line 2 +- 96415 ×3\n +\+ 96415 ×1 +-\$131\.26  \[units_by_minutes\]", text)
    assert re.search(r"line 4 +- 96368 ×1 +\$0\.00  \[concurrent\]", text)
    assert re.search(r"new line +\+ 96375 ×1 -59 +\+\$41\.50  \[push\]", text)
    assert "REPAIR  -$233.82" in text
    assert "toward a4 given through the port, as charted" in text
    page = render([claim()], "html")
    assert "<del>- 96415 ×3</del>" in page
    assert "<ins>+ 96415 ×1</ins>" in page
    assert "```diff\n- 96415 ×3\n+ 96415 ×1\n" in render([claim()], "markdown")


def test_queries_and_open_rules_are_told() -> None:
    for form in FOR_READERS:
        text = " ".join(render([claim()], form, width=140).split())
        assert "When did the infusion of a4 (leucovorin), started at 11:35, end?" in text
        assert "96366 for a second hour" in text
        assert "push_presence" in text.replace("\\_", "_")


def test_dates_are_told_where_they_differ() -> None:
    second = date(2025, 3, 4)
    edit = {"action": "add", "after": claimed("96361", date=second), "rule": "x"}
    other = claim(billed=[*CLAIM["billed"], billed(7, "96361", "hydration", date=second)])
    text = render([other.model_copy(update={"repair": claim(repair=[edit]).repair})], "text")
    assert re.search(r"7  96361 +1 +2025-03-04", text)
    assert "+ 96361 ×1 (2025-03-04)" in text


def test_colour_only_when_asked() -> None:
    assert "\x1b[" not in render(ALL, "text", full=True)
    painted = render(ALL, "text", full=True, color=True)
    assert "\x1b[1;31mDIFFERS\x1b[0m" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == render(ALL, "text", full=True)


def test_a_claim_without_lines_or_rates_is_told() -> None:
    bare = right().model_copy(update={"billed": (), "rates": None})
    for form in FORMATS:
        assert "right-01" in render([bare], form)
    assert "nothing is billed and nothing is missing" in render([bare], "text")


def test_reasons_of_findings_go_two_levels_unless_full() -> None:
    deep = {"rule": "d", "sentence": "the deepest", "children": []}
    for level in ("third", "second", "first"):
        deep = {"rule": "r", "sentence": f"the {level}", "children": [deep]}
    finding = {**CLAIM["findings"][1], "because": [deep]}
    for form in FOR_READERS:
        assert "the deepest" not in render([claim(findings=[finding])], form)
        assert "the deepest" in render([claim(findings=[finding])], form, full=True)


def test_html_is_well_formed_and_self_contained() -> None:
    page = render(ALL, "html", full=True)
    tags = _tags(page).seen
    assert not [tag for tag, _ in tags if tag in ("script", "img", "iframe", "object")]
    assert "http" not in page.replace('http-equiv="', "")
    assert '<span class="verdict differs">differs</span>' in page


EVIL = "<script>alert(1)</script>"


def test_html_escapes_what_the_claim_says() -> None:
    finding = {**CLAIM["findings"][1], "message": EVIL, "help": EVIL}
    query = {**CLAIM["queries"][0], "question": EVIL, "would_support": EVIL}
    evil = claim(encounter_id=EVIL, findings=[finding], queries=[query], repair_toward=EVIL)
    assert EVIL not in render([evil], "html", full=True)


def test_a_template_of_the_user_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "verification.txt.j2").write_text(
        "{{ result.encounter_id }} {{ result.verdict }} {{ result.over | money }}\n"
    )
    text = render(ALL, "text", templates=tmp_path)
    assert text.startswith("chemo-day-04 differs $275.32\n")
    assert "right-01 supported $0.00" in text


def test_json_is_as_the_schema_says_and_reads_back() -> None:
    for each in (claim(), right()):
        document = json.loads(render([each], "json"))
        jsonschema.validate(document, json_schema("verification"))
        assert document["over"] == float(each.over)
        assert document["findings"] == [] or document["findings"][1]["amount"] == 131.26
    assert render([claim(), right()], "jsonl").count("\n") == 2


def test_results_and_claims_share_one_page() -> None:
    page = render([claim(), day()], "html")
    assert 'id="e1"' in page
    assert 'id="e2"' in page
    _tags(page)


@pytest.mark.parametrize(
    ("amount", "plain", "change"),
    [
        (None, "", ""),
        (Decimal(0), "$0.00", "$0.00"),
        (Decimal("1046.1"), "$1,046.10", "+$1,046.10"),
        (Decimal("-3"), "-$3.00", "-$3.00"),
    ],
)
def test_money_has_cents_and_a_sign_where_it_is_a_change(
    amount: Decimal | None, plain: str, change: str
) -> None:
    assert money(amount) == plain
    assert signed(amount) == change


def _with(*statuses: str) -> Verification:
    lines = [billed(at, "96372", "", status=each) for at, each in enumerate(statuses, start=1)]
    return right().model_copy(update={"billed": claim(billed=lines).billed})


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        (("supported",), "1 billed line, all as the record supports"),
        (("supported", "wrong_code"), "1 of 2 billed lines is not supported as billed"),
        (("wrong_units", "not_supported"), "2 of 2 billed lines are not supported as billed"),
        (("not_evaluable",), "1 of 1 billed line can't be judged by this record"),
    ],
)
def test_the_summary_counts_lines(statuses: tuple[str, ...], said: str) -> None:
    assert summary(_with(*statuses)) == said
