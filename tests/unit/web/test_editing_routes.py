"""The addresses of editing: start page, opening, edits and their refusal, downloads."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infusion_asp.web.editing import start
from infusion_asp.web.encounter.state import State
from infusion_asp.web.settings import Settings
from tests.support.editing import bag, encounter
from tests.support.web_client import Browser, opened

FIXTURES = Path(__file__).parents[3] / "fixtures"
DAY = FIXTURES / "encounters" / "chemotherapy_day.json"
CLAIM = FIXTURES / "claims" / "hour_too_many.json"
_STATE = re.compile(r'<textarea id="state"[^>]*>(.*?)</textarea>', re.DOTALL)


@pytest.fixture(scope="module")
def page() -> Iterator[Browser]:
    with opened(Settings(workers=0, files=(DAY, CLAIM))) as browser:
        yield browser


def text_of(*administrations: dict[str, Any], **fields: Any) -> str:
    return State(encounter(*administrations, **fields)).text()


def edit(page: Browser, text: str, *edits: dict[str, Any], selected: str = "a1") -> Any:
    fields = {"state": text, "before": "", "selected": selected, "edit": json.dumps(list(edits))}
    return page.post("/encounter/edit", fields)


def state_in(html: str) -> State:
    from_html = _STATE.search(html)
    assert from_html is not None
    unescaped = from_html[1].replace("&#34;", '"').replace("&#39;", "'").replace("&lt;", "<")
    return State.parse(unescaped.replace("&gt;", ">").replace("&amp;", "&"))


# Start


def test_the_start_page_offers_files_examples_upload_paste_and_nothing(page: Browser) -> None:
    html = page.get("/").text
    for wanted in (
        'href="/files/1">chemotherapy_day.json',
        'href="/encounter?open=example-zoledronic_acid_15_minutes"',
        'type="file"',
        'name="text"',
        'href="/encounter?open=empty"',
    ):
        assert wanted in html


def test_a_served_file_lists_its_records(page: Browser) -> None:
    html = page.get("/files/2").text
    assert 'href="/encounter?open=file-2-1">hour-too-many</a>' in html
    assert page.get("/files/3").status_code == 404


def test_a_long_file_is_paged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "PAGE", 2)
    path = tmp_path / "five.jsonl"
    path.write_text("".join(f'{{"encounter_id": "e{n}"}}\n' for n in range(1, 6)), "utf-8")
    with opened(Settings(workers=0, files=(path,))) as page:
        first, last = page.get("/files/1").text, page.get("/files/1?from=5").text
        assert re.findall(r">(e\d)</a>", first) == ["e1", "e2"]
        assert 'href="/files/1?from=3"' in first
        assert re.findall(r">(e\d)</a>", last) == ["e5"]
        assert "Further records" not in last
        for odd in ("0", "x", "-1", "9" * 30):
            assert page.get(f"/files/1?from={odd}").status_code == 200


# Uploads


def uploaded(page: Browser, *files: tuple[str, bytes], **fields: str) -> Any:
    return page.post("/open", fields, files=[("file", each) for each in files])


def test_one_uploaded_encounter_is_opened_at_once(page: Browser) -> None:
    answer = uploaded(page, ("day.json", DAY.read_bytes()))
    assert answer.status_code == 200
    assert 'data-open-first="1"' in answer.text


def test_of_several_one_is_chosen(page: Browser) -> None:
    both = b"[" + DAY.read_bytes() + b"," + CLAIM.read_bytes() + b"]"
    html = uploaded(page, ("both.json", both)).text
    assert "data-open-first" not in html
    assert html.count("data-opens=") == 2


def test_an_upload_leaves_no_file_behind(
    page: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert uploaded(page, ("day.json", DAY.read_bytes())).status_code == 200
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../../../etc/passwd", "..", "/", "a\x00b.json", "<b>x</b>.json"])
def test_the_name_of_an_upload_is_only_a_name(page: Browser, name: str) -> None:
    answer = uploaded(page, (name, DAY.read_bytes()))
    assert answer.status_code in (200, 400, 422)
    assert "<b>x" not in answer.text
    assert "Traceback" not in answer.text


def test_what_cannot_be_opened_is_told(page: Browser) -> None:
    broken = uploaded(page, ("broken.json", b'{"encounter_id": '))
    assert broken.status_code == 422
    assert "broken.json" in broken.text
    table = uploaded(page, ("mar.csv", b"a,b\n1,2\n"))
    assert table.status_code == 422
    assert "a medication record needs a layout" in table.text
    nothing = page.post("/open", {"text": "  "}, files=[("other", ("x", b""))])
    assert nothing.status_code == 422
    assert "no file was chosen" in nothing.text


def test_a_pasted_text_is_opened_like_a_file(page: Browser) -> None:
    text = "encounter_id: pasted\nadministrations: []\n"
    html = page.post("/open", {"text": text}).text
    assert 'data-open-first="1"' in html


# Edits


def test_an_edit_answers_with_the_workspace_of_the_new_state(page: Browser) -> None:
    move = {"op": "move", "path": ["administrations", "a1", "stop"], "minutes": 1}
    answer = edit(page, text_of(bag("a1", "10:00", "10:15")), move)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div id="workspace"')
    given = state_in(answer.text).encounter().administrations[0]
    assert given.stop is not None
    assert given.stop.minute == 16
    assert "stop of a1 is 10:16" in answer.text


def test_a_refused_edit_answers_with_its_message_for_the_control(page: Browser) -> None:
    stop = {"op": "set", "path": ["administrations", "a1", "stop"], "value": "<b>late</b>"}
    answer = edit(page, text_of(bag("a1", "10:00", "10:15")), stop)
    assert answer.status_code == 200
    assert answer.headers["HX-Retarget"] == "#refusal"
    assert "&lt;b&gt;late&lt;/b&gt;" in answer.text
    assert "workspace" not in answer.text


@pytest.mark.parametrize(
    ("text", "edits"),
    [("{", "[]"), ("{}", '{"op": "set"}'), ('{"encounter": {}}', "x"), ("", "")],
)
def test_what_no_page_sends_is_refused_in_words(page: Browser, text: str, edits: str) -> None:
    answer = page.post("/encounter/edit", {"state": text, "edit": edits})
    assert answer.status_code == 200
    assert "Not changed" in answer.text


def test_selecting_gives_the_controls_alone(page: Browser) -> None:
    fields = {"state": text_of(bag("a1", "10:00", "10:15")), "selected": "a1"}
    html = page.post("/editing/controls", fields).text
    assert html.lstrip().startswith('<section id="controls"')
    assert 'data-administration="a1"' in html


def test_drugs_are_listed_and_found(page: Browser) -> None:
    assert len(page.get("/editing/drugs").json()) > 300
    names = [each["name"] for each in page.get("/editing/drugs?q=rituxan").json()]
    assert "rituximab" in names


# Downloads


def test_the_encounter_is_downloaded_as_it_was_opened(page: Browser) -> None:
    day = json.loads(DAY.read_text("utf-8"))
    fields = {"state": State(day).text()}
    answer = page.post("/editing/export/encounter.json", fields)
    assert answer.json() == day
    assert answer.headers["content-disposition"] == 'attachment; filename="chemotherapy-day.json"'


def test_the_worksheet_of_a_claim_has_its_findings(page: Browser) -> None:
    fields = {"state": State(json.loads(CLAIM.read_text("utf-8"))).text()}
    answer = page.post("/editing/export/worksheet.csv", fields)
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["over/under"] for row in rows} == {"", "over"}
    assert any(row["rule"] == "claim_units_over_minutes" for row in rows)
    html = page.post("/editing/export/worksheet.html", fields).text
    assert "claim_units_over_minutes" in html


def test_no_cell_of_a_worksheet_begins_a_formula(page: Browser) -> None:
    evil = '=HYPERLINK("http://x")'
    text = text_of(bag("a1", "10:00", "10:31", drug=evil), encounter_id=evil)
    answer = page.post("/editing/export/worksheet.csv", {"state": text})
    cells = [cell for row in csv.reader(io.StringIO(answer.text)) for cell in row]
    assert f"'{evil}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert answer.headers["content-disposition"] == (
        'attachment; filename="HYPERLINK-http-x.worksheet.csv"'
    )


def test_a_record_that_cannot_be_coded_is_told_in_its_worksheet(page: Browser) -> None:
    text = text_of(bag("a1", "10:00", "09:00"))
    answer = page.post("/editing/export/worksheet.csv", {"state": text})
    assert "refused: stop" in answer.text


def test_only_what_is_offered_is_downloaded(page: Browser) -> None:
    assert page.post("/editing/export/result.exe", {"state": "{}"}).status_code == 404
    assert page.post("/editing/export/encounter.json", {"state": "{"}).status_code == 422
