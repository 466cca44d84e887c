"""Ground instances by rule and predicate, and how they grow with the encounter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from infusion_asp.author.guard import NoEnd
from infusion_asp.author.profiling import Growth, Profile, RuleGrowth, doubled, profile
from infusion_asp.author.profiling.instances import PART, counting, statement_of
from infusion_asp.cli import main
from infusion_asp.cli.rules_profile import _text
from infusion_asp.coding import Coder
from infusion_asp.engine import RuleMessages
from infusion_asp.engine.counting import count_atoms
from infusion_asp.model import parse_encounter
from infusion_asp.rulebook import load_rulebook
from tests.support.toybook import write_book

RECORD = {
    "encounter_id": "p1",
    "arrival": "2025-03-03T08:00",
    "departure": "2025-03-03T12:00",
    "accesses": [{"id": "p1", "kind": "peripheral"}],
    "administrations": [
        {
            "id": "a1",
            "drug": "ceftriaxone",
            "route": "intravenous",
            "access": "p1",
            "start": "2025-03-03T09:00",
            "stop": "2025-03-03T10:00",
            "pauses": [{"start": "2025-03-03T09:10", "stop": "2025-03-03T09:20"}],
        },
        {
            "id": "a2",
            "drug": "ceftriaxone",
            "route": "intravenous",
            "same_bag_as": "a1",
            "start": "2025-03-03T10:30",
            "stop": "2025-03-03T11:00",
        },
    ],
    "billed": [{"code": "96365", "units": 1, "date": "2025-03-03"}],
}
TOY = """\
% @rule pairs
% title: All pairs
after(Admin, Other) :- minutes(Admin, _), minutes(Other, _), Admin != Other.

% @rule runs
% title: Whether it is the longest
plays(Admin, initial) :- minutes(Admin, Long), Long = #max { M : minutes(_, M) }.

% @rule kept
% title: What is kept
violates(kept, Admin) :- after(Admin, Other), plays(Other, initial).
"""


def span(name: str, start: int, stop: int) -> Any:
    import clingo  # noqa: PLC0415

    return clingo.parse_term(f'span("{name}",{start},{stop})')


def counts(tmp_path: Path, files: dict[str, str], number: int) -> dict[str, int]:
    """The instances of each rule of a toy rulebook over `number` administrations."""
    book = load_rulebook(write_book(tmp_path, files))
    made = counting(book)
    facts = [span(f"a{n}", n, n + 10 * n) for n in range(1, number + 1)]
    (found,) = count_atoms(made.program, PART, [facts], seconds=60, megabytes=4096)
    sums: dict[str, int] = {}
    for predicate, size in found.counted.items():
        index = statement_of(predicate)
        if index is not None:
            rule = made.statements[index][0].id
            sums[rule] = sums.get(rule, 0) + size
    return sums


def test_an_instance_is_one_binding_of_the_variables(tmp_path: Path) -> None:
    found = counts(tmp_path, {"derive/pairs.lp": TOY}, 3)
    assert found == {"short_run": 1, "run_minutes": 3, "pairs": 6, "runs": 1, "kept": 2}


def test_a_chain_is_counted_as_often_as_it_is_long(tmp_path: Path) -> None:
    chain = "% @rule chain\n% title: A chain\n"
    chain += 'minutes("x", 0).\nminutes("x", N + 1) :- minutes("x", N), N < 20.\n'
    assert counts(tmp_path, {"derive/chain.lp": chain}, 1)["chain"] == 21


@pytest.mark.parametrize(
    ("sizes", "exponent"),
    [
        ((5, 10), 1.0),
        ((5, 20), 2.0),
        ((7, 7), 0.0),
        ((1, 3, 24), 3.0),
        ((0, 4), None),
        ((4,), None),
    ],
)
def test_the_exponent_is_that_of_the_last_doubling(
    sizes: tuple[int, ...], exponent: float | None
) -> None:
    assert Growth(sizes).exponent == exponent


def test_a_doubled_encounter_gives_everything_once_more_after_its_end() -> None:
    twice = doubled(parse_encounter(RECORD))
    assert [each.id for each in twice.administrations] == ["a1", "a2", "a1_2", "a2_2"]
    first, _, copy, second = twice.administrations
    assert (copy.start, copy.stop) == tuple(
        time and time.replace(hour=time.hour + 2, minute=time.minute + 10)
        for time in (first.start, first.stop)
    )
    assert copy.pauses[0].start.isoformat() == "2025-03-03T11:20:00"
    assert second.same_bag_as == "a1_2"
    assert copy.access == "p1"
    assert twice.departure and twice.departure.isoformat() == "2025-03-03T14:10:00"
    assert len(twice.billed) == 2


def test_doubling_twice_gives_new_names_each_time() -> None:
    four = doubled(doubled(parse_encounter(RECORD)))
    names = [each.id for each in four.administrations]
    assert len(set(names)) == len(names) == 8


def test_without_times_the_copy_has_none() -> None:
    bare = parse_encounter(
        {"encounter_id": "e", "administrations": [{"id": "a1", "drug": "vancomycin"}]}
    )
    assert [each.start for each in doubled(bare).administrations] == [None, None]


def test_the_shipped_rules_grow_with_the_encounter() -> None:
    found = profile(Coder(load_rulebook()), [parse_encounter(RECORD)], doublings=1)
    assert found.administrations == (2, 4)
    assert found.instances.counts[0] < found.instances.counts[1]
    by_name = {each.name: each for each in found.predicates}
    assert by_name["admin/2"].atoms.counts == (2, 4)
    assert by_name["admin/2"].given and not by_name["line/5"].given
    assert {each.id for each in found.rules} == {each.id for each in load_rulebook().rules}


def overlaid(tmp_path: Path, text: str) -> Coder:
    """The shipped rules with one more."""
    overlay = tmp_path / "own"
    overlay.mkdir()
    (overlay / "more.lp").write_text(text)
    return Coder(load_rulebook(None, [overlay]), overlays=(overlay,))


def test_rules_without_an_end_are_stopped_and_named(tmp_path: Path) -> None:
    endless = "% @rule endless\n% title: No end\ncounted(0).\n"
    endless += "counted(N + 1) :- counted(N).\n"
    endless += "finding(endless, none, N) :- counted(N), N < 0.\n"
    with pytest.raises(NoEnd) as raised:
        profile(overlaid(tmp_path, endless), [parse_encounter(RECORD)], doublings=0, seconds=8)
    assert "own/more.lp:4" in raised.value.message


def test_what_clingo_says_stands_at_its_line(tmp_path: Path) -> None:
    wrong = "% @rule wrong\n% title: Not a number\n% implements: T4\n"
    wrong += "finding(wrong, Bag, Bag + 1) :- bag_minutes(Bag, _).\n"
    with pytest.raises(RuleMessages) as raised:
        profile(overlaid(tmp_path, wrong), [parse_encounter(RECORD)], doublings=0)
    assert raised.value.message.startswith("own/more.lp:4:")


def run(tmp_path: Path, *more: str) -> Result:
    path = tmp_path / "record.json"
    path.write_text(json.dumps(RECORD))
    return CliRunner().invoke(main, ["rules", "profile", str(path), "--doublings", "1", *more])


def test_the_command_prints_a_table_of_eighty_columns(tmp_path: Path) -> None:
    done = run(tmp_path, "--top", "5")
    assert done.exit_code == 0, done.output
    assert "RULES (5 of " in done.stdout and "PREDICATES (5 of " in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_large_counts_stand_in_one_line() -> None:
    growth = Growth((1_234_567, 12_345_678))
    rule = RuleGrowth("some_rule", "Some rule", "derive/some.lp", 1, growth, Growth((0, 0)))
    found = Profile(900, (2_000, 4_000), (1.0, 2.0), (rule,), ())
    words = [line.split() for line in _text(found, 0)]
    assert ["some_rule", "1,234,567", "12,345,678", "3.32", "derive/some.lp:1"] in words


def test_the_command_writes_json(tmp_path: Path) -> None:
    done = run(tmp_path, "--format", "json", "--claim")
    found = json.loads(done.stdout)
    assert found["sizes"] == [1, 2] and found["administrations"] == [2, 4]
    assert len(found["rules"]) == len(load_rulebook().rules)
    first = found["rules"][0]
    assert first["counts"][1] == first["bodies"][1] + first["elements"][1]
    assert {"name", "given", "counts", "exponent"} == set(found["predicates"][0])


@pytest.mark.parametrize(("most", "code"), [("9", 0), ("0", 1)])
def test_a_limit_of_growth_decides_the_exit_code(tmp_path: Path, most: str, code: int) -> None:
    done = run(tmp_path, "--most", most)
    assert done.exit_code == code, done.output
    assert ("grows with exponent" in done.stdout) == bool(code)


def test_a_record_that_is_refused_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text('{"encounter_id": "x", "administrations": [{}]}')
    done = CliRunner().invoke(main, ["rules", "profile", str(path)])
    assert done.exit_code == 2
    assert "bad.json:1: " in done.stderr
