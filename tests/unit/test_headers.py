"""Owns the tests of headers, loading, overlays and rules in force."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from infusion_asp.rulebook import RulebookError, RuleNotFound, load_rulebook
from tests.support.toybook import rule, write_book

FULL = """\
% Banner: any comment may stand here.

% @rule long_run
% title: A long run
% implements: T5, T6
% sentence: {{ Admin }} ran {{ Minutes }} minutes,
%    which is long
% help: look at the stop time
% cites: S10, RULES:T5
% from: 2025-01-01
% to: 2025-12-31
% settings: facility
% payers: medicare, medicaid
% level: warning
% risk: over
violates(long_run, Admin) :-
    minutes(Admin, Minutes), % a remark
    threshold(short, Short), Minutes > Short.
violates(long_run, Admin) :- after(Admin, Admin).

% @rule same_run
% title: Next
violates(same_run, Admin) :- after(Admin, Admin).
"""


def problems(root: Path) -> tuple[str, ...]:
    with pytest.raises(RulebookError) as caught:
        load_rulebook(root)
    return caught.value.messages


def test_a_full_header_is_read_with_all_its_keys(tmp_path: Path) -> None:
    book = load_rulebook(write_book(tmp_path, {"check/long.lp": FULL}))
    found = book.rule("long_run")
    assert found.title == "A long run"
    assert found.implements == ("T5", "T6")
    assert found.sentence == "{{ Admin }} ran {{ Minutes }} minutes, which is long"
    assert found.help == "look at the stop time"
    assert found.cites == ("S10", "RULES:T5")
    assert (found.date_from, found.date_to) == (date(2025, 1, 1), date(2025, 12, 31))
    assert found.settings == {"facility"}
    assert found.payers == {"medicare", "medicaid"}
    assert (found.level, found.risk, found.replaces) == ("warning", "over", None)
    assert (found.file, found.line) == ("check/long.lp", 3)
    assert len(found.statements) == 2
    assert found.text.startswith("% @rule long_run\n")
    assert found.text.endswith("after(Admin, Admin).")


def test_version_digest_and_order_of_the_files(tmp_path: Path) -> None:
    root = write_book(tmp_path, {"check/long.lp": FULL})
    book = load_rulebook(root)
    assert [r.id for r in book.rules] == ["short_run", "run_minutes", "long_run", "same_run"]
    assert book.version == "7"
    assert len(book.digest) == 64
    (root / "tables").mkdir()
    (root / "tables" / "codes.csv").write_text("code\n")
    assert load_rulebook(root).digest != book.digest


def test_dates_settings_and_payers_decide_what_is_in_force(tmp_path: Path) -> None:
    book = load_rulebook(write_book(tmp_path, {"check/long.lp": FULL}))
    assert "long_run" in book.in_force(date(2025, 1, 1), "facility", "medicare")
    assert "long_run" in book.in_force(date(2025, 12, 31), "facility", "medicare")
    assert "long_run" not in book.in_force(date(2026, 1, 1), "facility", "medicare")
    assert "long_run" not in book.in_force(date(2025, 1, 1), "professional", "medicare")
    assert "long_run" not in book.in_force(date(2025, 1, 1), "facility", "other")
    assert "same_run" in book.in_force(date(1999, 1, 1), "professional", "other")
    gated = [str(s) for s in book.statements if "in_force" in str(s)]
    assert len(gated) == 2
    assert all('in_force("long_run")' in text for text in gated)


def test_an_overlay_rule_switches_off_the_rule_that_it_replaces(tmp_path: Path) -> None:
    root = write_book(tmp_path / "book", {})
    body = "minutes(Admin, Stop - Start + 1) :- span(Admin, Start, Stop)."
    keys = "replaces: run_minutes\nfrom: 2025-06-01"
    overlay = write_book(tmp_path / "mine", {"a.lp": rule(body, "ours", keys)}, toy=False)
    book = load_rulebook(root, [overlay])
    assert book.overlaid
    assert book.rule("ours").file == "mine/a.lp"
    before = book.in_force(date(2025, 5, 31), "facility", "")
    after = book.in_force(date(2025, 6, 1), "facility", "")
    assert "run_minutes" in before
    assert "ours" not in before
    assert "run_minutes" not in after
    assert "ours" in after
    assert book.gated == {"ours", "run_minutes"}


def test_an_overlay_brings_its_own_vocabulary(tmp_path: Path) -> None:
    root = write_book(tmp_path / "book", {})
    files = {
        "vocabulary.lp": "%! bonus(Admin)\n%    output\n",
        "a.lp": rule("bonus(Admin) :- minutes(Admin, 5)."),
    }
    book = load_rulebook(root, [write_book(tmp_path / "mine", files, toy=False)])
    assert book.vocabulary.get("bonus", 1) is not None


@pytest.mark.parametrize(
    ("text", "said", "cure"),
    [
        ("minutes(A, 1) :- route(A, _).\n", "statement without a rule header", "@rule"),
        (rule("", "lonely"), "rule 'lonely' covers no statement", ""),
        (rule("minutes(A, 1) :- route(A, _).", "Bad Id"), "'Bad Id' is no rule id", "lower-case"),
        (
            rule("minutes(A, 1) :- route(A, _).", keys="titel: x"),
            "unknown key 'titel'",
            "did you mean 'title'?",
        ),
        (
            rule("minutes(A, 1) :- route(A, _).", keys="level: warn"),
            "'warn' is no level",
            "did you mean 'warning'?",
        ),
        (
            rule("minutes(A, 1) :- route(A, _).", keys="from: 2025-13-01"),
            "'2025-13-01' is no date",
            "2025-01-31",
        ),
        (
            rule("minutes(A, 1) :- route(A, _).", keys="from: 2025-02-01\nto: 2025-01-01"),
            "is before 'from: 2025-02-01'",
            "swap",
        ),
        (
            rule("minutes(A, 1) :- route(A, _).", keys="replaces: run_minute"),
            "replaces 'run_minute', which doesn't exist",
            "did you mean 'run_minutes'?",
        ),
        (
            rule("minutes(A, 1) :- route(A, _).", "run_minutes"),
            "rule id 'run_minutes' is taken by derive/minutes.lp:1",
            "replaces",
        ),
        (
            rule("minutes(A, 1) :- route(A, _).", keys="sentence: {{ Admn }}"),
            "placeholder 'Admn' of 'some_rule'",
            "exactly",
        ),
        (
            rule("minutes(A, 1) :- route(A, _).", keys="sentence: {{ A"),
            "the sentence of 'some_rule' is no template",
            "",
        ),
        (
            rule("minutes(A, 1) :- route(A, _).", keys="just some words"),
            "neither 'key: value' nor the continuation of one",
            "blank line",
        ),
    ],
)
def test_a_wrong_header_is_refused_with_its_place(
    tmp_path: Path, text: str, said: str, cure: str
) -> None:
    found = problems(write_book(tmp_path, {"report/wrong.lp": text}))
    matching = [m for m in found if said in m]
    assert matching, found
    assert matching[0].startswith("report/wrong.lp:")
    assert cure in matching[0]


def test_an_unknown_rule_id_gets_a_suggestion(tmp_path: Path) -> None:
    book = load_rulebook(write_book(tmp_path, {}))
    with pytest.raises(RuleNotFound) as caught:
        book.rule("run_minuts")
    assert caught.value.message == "no rule 'run_minuts' in the rulebook"
    assert caught.value.help == "did you mean 'run_minutes'?"


def test_files_that_no_layer_loads_are_named(tmp_path: Path) -> None:
    found = problems(write_book(tmp_path, {"extra.lp": "", "other/x.lp": ""}))
    assert any("extra.lp: this file is never loaded" in m for m in found)
    assert any("other: the files of this directory are never loaded" in m for m in found)


def test_a_missing_directory_is_one_sentence(tmp_path: Path) -> None:
    assert "no such directory" in problems(tmp_path / "nowhere")[0]
    with pytest.raises(RulebookError, match="no such directory"):
        load_rulebook(write_book(tmp_path / "b", {}), [tmp_path / "nowhere"])


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    root = write_book(tmp_path, {"derive/x.lp": ""})
    (root / "derive/x.lp").write_bytes(b"% caf\xe9\n")
    assert "derive/x.lp: not UTF-8 at byte 5" in problems(root)[0]
