"""Batches as a person sees them: lists, pages, what is not complete, what comes by POST only."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

pytest.importorskip("duckdb", reason="the extra web is not installed")
pytest.importorskip("starlette", reason="the extra web is not installed")

from infusion_asp.web.batches import whereabouts
from infusion_asp.web.batches.filters import SIZE
from infusion_asp.web.settings import Settings
from tests.support.batch_directory import FINDING_RULES, Made, made
from tests.support.web_client import Browser, opened

RECORDS = 300
HOSTILE = "'; DROP TABLE encounters; --<script>alert(1)</script>{{ 7 * 7 }}"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(tmp_path_factory.mktemp("batch"), RECORDS, 5)


@pytest.fixture(scope="module")
def browser(whole: Made) -> Iterator[Browser]:
    with opened(Settings(workers=0, batches=(whole.out,))) as found:
        yield found


def total(page: Any) -> int:
    found = re.search(r'data-total="(\d+)"', page.text)
    assert found, page.text[:2000]
    return int(found[1])


def shown(page: Any) -> list[int]:
    """The records whose rows a page has."""
    found = re.findall(r'class="open" href="/encounter\?open=batch-1-(\d+)"', page.text)
    return [int(each) for each in found]


def way(page: Any, name: str) -> str:
    found = re.search(rf'href="([^"]*)" data-step="{name}"', page.text)
    return html.unescape(found[1]) if found else ""


def test_the_only_batch_is_opened_at_once(browser: Browser) -> None:
    answer = browser.get("/batches")
    assert (answer.status_code, answer.headers["location"]) == (303, "/batches/1")


def test_several_batches_are_listed(whole: Made, tmp_path: Path) -> None:
    other = made(tmp_path / "other", 10, 2)
    with opened(Settings(workers=0, batches=(whole.out, other.out))) as found:
        page = found.get("/batches")
        assert 'href="/batches/1"' in page.text
        assert 'href="/batches/2"' in page.text


def test_the_totals_are_those_of_the_summary(whole: Made, browser: Browser) -> None:
    told = json.loads((whole.out / "summary.json").read_text("utf-8"))
    page = browser.get("/batches/1").text
    for value in (told["records"], told["failed"], told["verdicts"]["differs"]):
        assert f"<dd>{value:,}</dd>" in page
    assert f"<dd>${told['over_usd']:,.2f}</dd>" in page


def test_pages_lead_through_all_encounters_and_back(whole: Made, browser: Browser) -> None:
    right = [row["record"] for row in whole.tables["encounters"]]
    address, found = "/batches/1", []
    while address:
        page = browser.get(address)
        assert len(shown(page)) <= SIZE
        found += shown(page)
        last, address = page, way(page, "next")
    assert found == right
    assert shown(browser.get(way(last, "first"))) == right[:SIZE]
    before = shown(browser.get(way(last, "previous")))
    assert before + shown(last) == right[-len(before) - len(shown(last)) :]


def test_a_filter_stands_in_the_address_and_in_its_control(whole: Made, browser: Browser) -> None:
    rule = FINDING_RULES[0]
    page = browser.get(f"/batches/1?rule={rule}")
    right = {row["record"] for row in whole.tables["findings"] if row["rule_id"] == rule}
    assert total(page) == len(right)
    assert set(shown(page)) <= right
    assert re.search(rf'<option value="{rule}" selected>', page.text)
    assert f"rule={rule}" in way(page, "next")


def test_minutes_past_a_limit_of_the_rulebook(whole: Made, browser: Browser) -> None:
    limit = re.search(r'<option value="drugs-(\d+)">', browser.get("/batches/1").text)
    assert limit
    minute = int(limit[1])
    page = browser.get(f"/batches/1?limit=drugs-{minute}&within=1&sort=minutes")
    right = {
        row["record"]
        for row in whole.tables["evidence"]
        if row["kind"] in ("infusion", "push") and row["charted_minutes"] == minute + 1
    }
    assert total(page) == len(right) > 0
    assert f"{minute + 1} min <b>+1</b>" in page.text


def test_a_part_of_an_id_is_posted_and_never_in_an_address(whole: Made, browser: Browser) -> None:
    part = "enc-1"
    page = browser.post("/batches/1", {"id": part, "level": "error"})
    ids = {row["record"]: row["encounter_id"] for row in whole.tables["encounters"]}
    errors = {row["record"] for row in whole.tables["findings"] if row["level"] == "error"}
    right = [each for each in ids if part in ids[each].lower() and each in errors]
    assert (total(page), shown(page)) == (len(right), right)
    addresses = re.findall(r'(?:href|action)="([^"]*)"', page.text)
    assert not [each for each in addresses if part in each]


def test_an_id_in_an_address_is_not_looked_at(whole: Made, browser: Browser) -> None:
    page = browser.get("/batches/1?id=enc-1")
    assert total(page) == len(whole.tables["encounters"])


def test_pages_of_a_search_are_posted(browser: Browser) -> None:
    page = browser.post("/batches/1", {"id": "e"})
    assert total(page) > SIZE
    form = re.search(
        r'<form method="post"[^>]*>((?:(?!</form>).)*data-step="next".*?)</form>', page.text, re.S
    )
    assert form
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[1]))
    following = browser.post("/batches/1", fields)
    assert not set(shown(following)) & set(shown(page))
    assert shown(following)


@pytest.mark.parametrize("name", ["rule", "code", "department", "fired"])
def test_what_is_typed_into_an_address_is_inert(browser: Browser, name: str) -> None:
    page = browser.get(f"/batches/1?{urlencode({name: HOSTILE})}")
    assert page.status_code == 200
    assert total(page) == 0
    assert "<script>alert" not in page.text
    assert HOSTILE in html.unescape(page.text)  # "{{ 7 * 7 }}" is not 49
    assert total(browser.get("/batches/1")) > 0


@pytest.mark.parametrize("name", ["level", "risk", "source", "verdict", "sort", "limit", "over"])
def test_a_filter_that_nobody_knows_is_refused_beside_the_list(browser: Browser, name: str) -> None:
    page = browser.get(f"/batches/1?{urlencode({name: HOSTILE})}")
    assert page.status_code == 400
    assert 'role="alert"' in page.text
    assert total(page) > 0
    assert "<script>alert" not in page.text


def test_ids_are_escaped(browser: Browser) -> None:
    page = browser.post("/batches/1", {"id": HOSTILE})
    assert total(page) == 0
    assert "<script>alert" not in page.text


def test_errors_and_what_is_not_reported_are_listed(whole: Made, browser: Browser) -> None:
    for tab, table, column in (
        ("errors", "errors", "kind"),
        ("not-reported", "not_reported", "rule_id"),
    ):
        rows = whole.tables[table]
        page = browser.get(f"/batches/1/{tab}")
        assert total(page) == len(rows)
        assert shown(page) == [row["record"] for row in rows[:SIZE]]
        value = next(row[column] for row in rows if row[column])
        some = browser.get(f"/batches/1/{tab}?{column}={value}")
        assert total(some) == sum(row[column] == value for row in rows)
    refused = browser.get("/batches/1/errors?kind=x")
    assert refused.status_code == 400


def test_the_last_page_of_a_list_beside(tmp_path: Path) -> None:
    batch = made(tmp_path, 260, 2, errors=2)
    with opened(Settings(workers=0, batches=(batch.out,))) as browser:
        first = browser.get("/batches/1/errors")
        last = browser.get(way(first, "last"))
        rows = [row["record"] for row in batch.tables["errors"]]
        assert shown(last) == rows[100:]
        assert shown(browser.get(way(last, "previous"))) == rows[50:100]


def test_a_run_that_was_broken_off_is_said(tmp_path: Path) -> None:
    batch = made(tmp_path, 20, 2)
    journal = batch.out / ".parts" / "run.json"
    told = json.loads(journal.read_text("utf-8"))
    journal.write_text(json.dumps({**told, "finished": False}), "utf-8")
    (batch.out / ".parts" / "00000000.part").write_bytes(b"")
    with opened(Settings(workers=0, batches=(batch.out,))) as browser:
        page = browser.get("/batches")
        assert "Not complete" in page.text
        assert "after 1 part" in page.text
        assert "--resume" in page.text
        assert browser.get("/batches/1").status_code == 404


def test_a_directory_that_is_none_of_ours_is_said(tmp_path: Path) -> None:
    with opened(Settings(workers=0, batches=(tmp_path, tmp_path / "gone"))) as browser:
        page = browser.get("/batches").text
        assert "not the output of" in page
        assert "not there any more" in page


def test_damaged_tables_are_an_answer_without_values(tmp_path: Path) -> None:
    batch = made(tmp_path, 20, 2)
    (batch.out / "lines.parquet").write_bytes(b"PAR1 nothing PAR1")
    with opened(Settings(workers=0, batches=(batch.out,))) as browser:
        answer = browser.get("/batches/1")
        assert answer.status_code == 404
        assert "cannot be read" in answer.text


def test_a_record_whose_input_moved_can_be_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whereabouts, "_ELSEWHERE", {})
    batch = made(tmp_path / "a", 20, 2, keep=False)
    elsewhere = tmp_path / "elsewhere.jsonl"
    batch.input.rename(elsewhere)
    with opened(Settings(workers=0, batches=(batch.out,))) as browser:
        address = "/batches/1/records/3"
        page = browser.get(address)
        assert page.status_code == 404
        assert "is not where the batch read it" in page.text
        refused = browser.post(address, {"place": HOSTILE})
        assert refused.status_code == 400
        assert "<script>alert" not in refused.text
        found = browser.post(address, {"place": str(elsewhere)})
        assert (found.status_code, found.headers["location"]) == (
            303,
            "/encounter?open=batch-1-3",
        )


@pytest.mark.parametrize("path", ["/batches/0", "/batches/2", "/batches/1/records/300"])
def test_what_is_not_there_is_said(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_tables_of_text_are_shown_when_they_are_read(tmp_path: Path, form: Any) -> None:
    batch = made(tmp_path, 60, 2, form=form)
    with opened(Settings(workers=0, batches=(batch.out,))) as browser:
        page = browser.get("/batches/1")
        for _ in range(100):
            if "being read" not in page.text:
                break
            page = browser.get("/batches/1")
        assert total(page) == len(batch.tables["encounters"])
