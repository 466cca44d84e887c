"""Rendering: every format, the sandbox, overriding templates, and texts that try to break out."""

from __future__ import annotations

import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from infusion_asp.model.result import ErrorRecord, Reason, Result
from infusion_asp.render import FORMATS, RenderError, render, render_lines
from tests.unit.render_samples import day, line, plain, refused

ALL: list[Result | ErrorRecord] = [day(), refused(), plain()]


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_names_every_code_and_the_error(form: str) -> None:
    text = render(ALL, form)
    for code in ("96413", "96415", "96367", "96375", "96361", "96523", "J9263", "J1100", "96372"):
        assert code in text
    assert "bad-01" in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_text_stays_inside_the_width(width: int) -> None:
    text = render(ALL, "text", width=width, full=True)
    assert max(len(each) for each in text.splitlines()) <= width


def test_text_shows_sections_in_order() -> None:
    text = render([day()], "text")
    parts = ["TIMELINE", "CODES", "REASONS", "NOT REPORTED", "FINDINGS", "OTHER READINGS"]
    places = [text.index(each) for each in parts]
    assert places == sorted(places)


def test_text_tells_excluded_from_no_rule() -> None:
    text = render([day()], "text")
    assert "a6, excluded by keep_open:" in text
    assert "a7, no rule applies:" in text


def test_text_draws_one_bar_for_each_administration() -> None:
    text = render([day()], "text")
    assert len(re.findall(r"^  a\d .*[█▲░▒]", text, re.MULTILINE)) == 7


def test_errors_come_before_warnings_and_infos() -> None:
    text = render([day()], "text")
    assert text.index("warning  ") < text.index("info     ")


def test_colour_only_when_asked() -> None:
    assert "\x1b[" not in render(ALL, "text")
    assert "\x1b[" in render(ALL, "text", color=True)
    assert "\x1b[" not in render(ALL, "html", color=True)
    bare = re.sub(r"\x1b\[[0-9;]*m", "", render(ALL, "text", color=True))
    assert bare == render(ALL, "text")


def test_two_levels_of_reasons_unless_full() -> None:
    deep = "the drug table lists oxaliplatin as antineoplastic"
    for form in ("text", "markdown", "html"):
        flat = " ".join(render([day()], form, width=200).split())
        assert deep not in flat
        assert deep in " ".join(render([day()], form, width=200, full=True).split())


def test_full_lists_the_policies() -> None:
    for form in ("text", "html"):
        assert "missing_stop_therapeutic" in render([day()], form, full=True)
    assert "missing\\_stop\\_therapeutic" in render([day()], "markdown", full=True)


def test_dates_are_a_column_when_they_differ() -> None:
    rows = [
        line("96365", "infusion", 1, [("a1", 60)]),
        line("96365", "infusion", 1, [("a2", 60)], date=date(2025, 3, 4)),
    ]
    text = render([day(lines=rows)], "text")
    assert re.search(r"96365 +1 +2025-03-03", text)
    assert re.search(r"96365 +1 +2025-03-04", text)


def test_json_is_an_object_or_an_array() -> None:
    assert json.loads(render([day()], "json"))["encounter_id"] == "chemo-day-04"
    assert len(json.loads(render([day()], "json", many=True))) == 1
    assert [each["encounter_id"] for each in json.loads(render(ALL, "json"))] == [
        "chemo-day-04",
        "bad-01",
        "flu-shot",
    ]
    assert json.loads(render([], "json")) == []


def test_json_lines_keep_order_and_come_one_by_one() -> None:
    lines = render_lines(iter(ALL))
    assert json.loads(next(lines))["encounter_id"] == "chemo-day-04"
    assert json.loads(next(lines)) == {
        "encounter_id": "bad-01",
        "error": refused().error.model_dump(),
    }
    assert "".join(render_lines(ALL)).count("\n") == 3


class _Tags(HTMLParser):
    """Checks that tags are closed in order, and collects them."""

    empty = frozenset({"meta", "link", "line", "rect", "circle", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.empty:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _tags(page: str) -> _Tags:
    parser = _Tags()
    parser.feed(page)
    assert parser.open == []
    return parser


def test_html_is_well_formed_and_self_contained() -> None:
    page = render(ALL, "html")
    tags = _tags(page).seen
    assert not [tag for tag, _ in tags if tag in ("script", "img", "iframe", "object")]
    links = [attrs["href"] for _, attrs in tags if "href" in attrs]
    assert [each for each in links if each and not each.startswith(("#", "data:"))] == []
    assert "http" not in re.sub(r'http-equiv="', "", page)
    targets = {attrs.get("id") for _, attrs in tags}
    assert all(each[1:] in targets for each in links if each and each.startswith("#"))


def test_html_has_a_drawing_for_each_access_with_tooltips() -> None:
    page = render([day()], "html")
    assert page.count("<svg ") == 2
    assert "<title>a3 oxaliplatin: 09:25 to 11:30, 125 min, infusion, 96413, 96415</title>" in page


def test_html_has_contents_only_for_several() -> None:
    assert 'class="contents"' not in render([day()], "html")
    assert 'class="contents"' in render(ALL, "html")
    assert "0 encounters" in render([], "html")


EVIL = "<script>alert(1)</script>"


def _evil(text: str) -> list[Result]:
    finding = {**day().findings[0].model_dump(), "sentence": text, "help": text}
    reason = Reason(rule="x", sentence=text)
    rows = [line("96413", text, 1, [(text, 5)], because=[reason.model_dump()])]
    bars = {"administration": text, "label": text, "start": 0, "stop": 9, "kind": "infusion"}
    timeline = {
        "start": "2025-03-03T10:00",
        "end": "2025-03-03T11:00",
        "rows": [{"access": text, "visit": text, "bars": [bars]}],
    }
    return [day(encounter_id=text, findings=[finding], lines=rows, timeline=timeline)]


def test_html_escapes_what_the_record_says() -> None:
    for text in (EVIL, "'\"><b onload=x>", "</title><b>"):
        page = render(_evil(text), "html")
        assert not [tag for tag, _ in _tags(page).seen if tag == "script"]
        assert text not in page


def test_text_carries_no_control_characters() -> None:
    text = render(_evil("a\x1b[2Jb\x9bc\u202ed\re"), "text")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_markdown_takes_nothing_as_markup() -> None:
    text = render(_evil("a|b `c` *d* [e](f) <g>\n# h"), "markdown")
    outside = text[: text.index("```text")] + text[text.rindex("```") :]
    assert not re.search(r"(?<!\\)\[e|<g>|^# h", outside, re.MULTILINE)


def test_a_directory_overrides_single_templates(tmp_path: Path) -> None:
    (tmp_path / "error.txt.j2").write_text("REFUSED {{ result.encounter_id }}\n")
    text = render(ALL, "text", templates=tmp_path)
    assert "REFUSED bad-01" in text
    assert "CODES" in text


def test_a_template_can_extend_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "result.txt.j2").write_text(
        '{% import "parts.txt.j2" as parts %}\nHOSPITAL\n{% include "shipped/result.txt.j2" %}\n'
    )
    text = render([day()], "text", templates=tmp_path)
    assert text.startswith("HOSPITAL\n")
    assert "CODES" in text


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ results.append(1) }}",
        "{{ results.__init__.__globals__ }}",
        "{{ 9 ** 99999999 }}",
        "{{ 'x' * 999999999 }}",
        "{{ ticks.__globals__ }}",
        "{{ cycler.__init__.__globals__.os }}",
    ],
)
def test_templates_of_the_user_stay_in_the_sandbox(tmp_path: Path, source: str) -> None:
    (tmp_path / "text.txt.j2").write_text(source)
    with pytest.raises(RenderError) as caught:
        render([day()], "text", templates=tmp_path)
    assert caught.value.help


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("one\n{% if %}", "text.txt.j2, line 2"),
        ("one\ntwo\n{{ nothing.here }}", "text.txt.j2, line 3"),
        ('{% include "none.j2" %}', "'none.j2' does not exist"),
        ("{{ 1 // 0 }}", "text.txt.j2, line 1"),
        ('{% include "../secret" %}', "does not exist"),
    ],
)
def test_a_wrong_template_is_named_with_its_line(tmp_path: Path, source: str, told: str) -> None:
    (tmp_path / "text.txt.j2").write_text(source)
    with pytest.raises(RenderError) as caught:
        render([day()], "text", templates=tmp_path)
    assert told in caught.value.message


def test_an_unknown_format_lists_the_known() -> None:
    with pytest.raises(RenderError) as caught:
        render(ALL, "pdf")
    assert caught.value.message == "unknown format 'pdf'"
    assert "jsonl" in caught.value.help


def test_a_night_is_labelled_with_its_date() -> None:
    bars = {
        "administration": "a1",
        "label": "a1 drug",
        "start": 0,
        "stop": 600,
        "kind": "infusion",
    }
    timeline = {
        "start": "2025-03-03T20:00+01:00",
        "end": "2025-03-04T06:00+01:00",
        "rows": [{"access": "line", "visit": "", "bars": [bars]}],
    }
    assert "4 Mar" in render([day(timeline=timeline)], "text")


def test_wide_characters_keep_the_table_straight() -> None:
    rows = [
        line("96365", "点滴" * 30, 1, [("a1", 60)]),
        line("96366", "infusion", 1, [("a1", 60)]),
    ]
    text = render([day(lines=rows)], "text", width=80)
    first, second = re.findall(r"^.*a1 60 min$", text, re.MULTILINE)
    wide = sum(1 for ch in first if ord(ch) > 0x2E80)
    assert first.index("a1 60") + wide == second.index("a1 60")
