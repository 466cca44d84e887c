"""The record of proofs: what is known is not searched again, what a change touches is."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from infusion_asp.author.proof import PROVED, SWEPT, span
from infusion_asp.author.proving import goals
from infusion_asp.author.proving.goals import AT_LEAST_ONE, AT_MOST_ONE, Goals
from infusion_asp.author.proving.invariants import Judged, judged
from infusion_asp.author.proving.ledger import TOO_LARGE, Entry, Ledger, digest_of
from infusion_asp.author.proving.prove import Limits, by_policy, each_policy, prove
from infusion_asp.author.proving.space import Space
from infusion_asp.author.proving.standing import standings
from infusion_asp.engine import TimeLimit
from infusion_asp.facts import load_policies
from infusion_asp.rulebook import shipped_logic

SMALL = Space(
    administrations=1,
    accesses=1,
    visits=1,
    claims=(("facility", "cpt"),),
    boundaries=(15, 30),
    kinds=("category", "method", "times"),
)
CHOICES = load_policies(shipped_logic())
REPORT_ONLY = "concurrent_frequency"
"""A policy that only the report reads, never the roles."""


@pytest.fixture(scope="module")
def book() -> Judged:
    return judged()


def goals_of(book: Judged, space: Space, ledger: Ledger | None = None) -> Goals:
    return Goals(book, space, CHOICES, 60, 4096, ledger or Ledger())


def forbidden(*_: object, **__: object) -> None:
    raise AssertionError("searched again")


def test_what_the_record_knows_is_not_searched_again(
    book: Judged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "record.jsonl"
    first = goals_of(book, SMALL, Ledger(path))
    cells = first.cells()
    found = [first.look(cell, [AT_LEAST_ONE]) for cell in cells]
    monkeypatch.setattr(goals, "search", forbidden)
    again = goals_of(book, SMALL, Ledger(path))
    for cell, before in zip(cells, found, strict=True):
        after = again.look(cell, [AT_LEAST_ONE])
        assert after.recorded and not before.recorded
        assert (after.fields, after.size) == (None, before.size)
    with pytest.raises(AssertionError, match="searched again"):
        again.look(cells[0], [AT_MOST_ONE])


def test_a_line_that_a_stopped_run_left_half_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    Ledger(path).keep(Entry("d1", "proved", "one", 3))
    with path.open("a") as file:
        file.write('{"digest": "d2", "how": "pro')
    ledger = Ledger(path)
    assert ledger.get("d1") == Entry("d1", "proved", "one", 3)
    assert ledger.get("d2") is None


def test_a_tidy_record_holds_what_was_used(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    for name in ("d2", "d1", "d3"):
        Ledger(path).keep(Entry(name, "proved", f"about {name}"))
    ledger = Ledger(path)
    assert ledger.get("d2") and ledger.get("d1")
    ledger.tidy()
    lines = [json.loads(line)["digest"] for line in path.read_text("utf-8").splitlines()]
    assert lines == ["d1", "d2"]


def test_the_digest_heeds_no_order() -> None:
    assert digest_of(["a.", "b."]) == digest_of(["b.", "a.", "a."]) != digest_of(["a.", "c."])


def test_a_policy_on_which_nothing_rests_makes_the_same_proof(book: Judged) -> None:
    other = CHOICES.policies[REPORT_ONLY].values[1]
    changed = replace(SMALL, policies={REPORT_ONLY: other})
    searches = goals_of(book, SMALL)
    for half in (AT_MOST_ONE, AT_LEAST_ONE):
        assert searches.digest(SMALL, [half]) == searches.digest(changed, [half])
    reported = ["concurrent_at_most_once"]
    assert searches.digest(SMALL, reported) != searches.digest(changed, reported)


def test_a_changed_rule_renews_what_rests_on_it_only(book: Judged, tmp_path: Path) -> None:
    (tmp_path / "more.lp").write_text(
        "% Owns a rule of the report.\n\n% @rule another_end\n% title: Another way to end a line\n"
        "% implements: D3\n% sentence: {{ Service | name }} is reported\n% cites: RULES:6\n"
        'earns(Service, "96376", 7) :- repeat_infusion(Service).\n',
        encoding="utf-8",
    )
    before, after = goals_of(book, SMALL), goals_of(judged(None, [tmp_path]), SMALL)
    for kept in (AT_MOST_ONE, AT_LEAST_ONE, "hierarchy_kept", "one_initial_per_scope"):
        assert before.digest(SMALL, [kept]) == after.digest(SMALL, [kept])
    assert before.digest(SMALL, ["unit_has_evidence"]) != after.digest(SMALL, ["unit_has_evidence"])


def test_what_was_too_large_is_tried_again_with_more(book: Judged) -> None:
    searches = goals_of(book, SMALL)
    digest = searches.digest(SMALL, [AT_LEAST_ONE])
    searches.ledger.keep(Entry(digest, TOO_LARGE, "", seconds=60, megabytes=4096))
    with pytest.raises(TimeLimit):
        searches.look(SMALL, [AT_LEAST_ONE])
    searches.ledger.keep(Entry(digest, TOO_LARGE, "", seconds=30, megabytes=4096))
    assert searches.look(SMALL, [AT_LEAST_ONE]).fields is None


@pytest.mark.parametrize(
    ("counts", "size"),
    [
        ({"times": 5, "policy(a)": 3, "policy(b)": 2}, 5 * (1 + 2 + 1)),
        ({"times": 5, "policy(a)": 1}, 5),
        ({"times": 5}, 5),
    ],
)
def test_at_most_one_policy_at_another_value_is_a_sum(counts: dict[str, int], size: int) -> None:
    assert span(counts, one_other=True) == size


def test_every_single_policy_value_at_once_is_as_many_as_one_by_one(book: Judged) -> None:
    space = each_policy(SMALL, CHOICES)
    searches = goals_of(book, space)
    at_once = searches.look(space, [AT_LEAST_ONE])
    assert at_once.fields is None
    parts = list(by_policy(searches, space, [AT_LEAST_ONE]))
    assert len(parts) > 20
    assert all(len(part.policies) <= 1 and not part.opened for part in parts)
    assert at_once.size == len(parts) * searches.look(parts[0], [AT_LEAST_ONE]).size


def test_a_record_stands_until_something_is_left(book: Judged) -> None:
    ledger = Ledger()
    prove(SMALL, book=book, only=["hierarchy_kept"], limits=Limits(60, 4096, 20), ledger=ledger)
    found = {each.name: each for each in standings(goals_of(book, SMALL, ledger), 20)}
    for name in (AT_MOST_ONE, AT_LEAST_ONE, "hierarchy_kept"):
        assert found[name].whole
        assert found[name].proved == found[name].parts and found[name].size
    assert not found["units_within_minutes"].whole


def test_after_its_time_nothing_is_called_proved(book: Judged) -> None:
    late = Limits(60, 4096, 20, until=0.0)
    found = prove(SMALL, book=book, only=["hierarchy_kept"], limits=late)
    assert [each.how for each in found] == [SWEPT]
    assert (found[0].proved, found[0].covered) == (0, 0)
    assert PROVED not in str(found[0])
