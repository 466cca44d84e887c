"""Owns the tests of solving: one answer or a typed error, alone, in batches, in a child process."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infusion_asp.engine import (
    Answer,
    ChildSolver,
    MemoryLimit,
    NoAnswer,
    RuleMessages,
    TimeLimit,
    TwoAnswers,
    check_grounding,
    solve,
    solve_batch,
    solve_in_child,
)
from infusion_asp.engine.relevance import relevance
from infusion_asp.engine.run import run
from infusion_asp.rulebook import Rulebook, load_rulebook
from tests.support.toybook import rule, symbols, write_book

ROLES = """\
{ plays(A, (initial;subsequent)) } = 1 :- span(A, _, _).
violates(some_rule, (A, B)) :- plays(A, initial), plays(B, initial), A < B.
violates(some_rule, A) :- plays(A, initial), after(_, A).
violates(some_rule, none) :- span(_, _, _), not led.
led :- plays(_, initial).
half(A, 60 / M) :- minutes(A, M).
"""
VOCABULARY = "%! half(A, M)\n%    output\n"
GOOD = symbols('span("a", 0, 20)', 'span("b", 5, 20)', 'after("a", "b")')
TIE = symbols('span("a", 0, 20)', 'span("b", 5, 20)')
CIRCLE = symbols('span("a", 0, 20)', 'after("a", "a")')
UNDEFINED = symbols('span("secret", 5, 5)')
SHARED = symbols("policy(lenient, no)")


@pytest.fixture
def book(tmp_path: Path) -> Rulebook:
    return toy(tmp_path, ROLES)


def toy(root: Path, text: str) -> Rulebook:
    write_book(root, {"assign/roles.lp": rule(text)})
    path = root / "vocabulary.lp"
    path.write_text(path.read_text() + VOCABULARY)
    return load_rulebook(root)


def shown(answer: object) -> dict[tuple[str, int], list[str]]:
    assert isinstance(answer, Answer)
    return {signature: [str(s) for s in group] for signature, group in answer.atoms.items()}


def test_the_one_answer_holds_every_atom_in_order(book: Rulebook) -> None:
    answer = solve(book, GOOD, SHARED)
    assert [str(s) for s in answer.of("plays", 2)] == [
        'plays("a",initial)',
        'plays("b",subsequent)',
    ]
    assert [str(s) for s in answer.of("policy", 2)] == ["policy(lenient,no)"]
    assert answer.of("nothing", 7) == ()
    assert list(answer.atoms) == sorted(answer.atoms)
    assert shown(answer) == shown(solve(book, GOOD[::-1], SHARED))


def test_an_absent_input_is_no_mistake(book: Rulebook) -> None:
    assert solve(book, []).of("plays", 2) == ()
    check_grounding(book)


def test_no_answer_names_the_rules_that_collide(book: Rulebook) -> None:
    with pytest.raises(NoAnswer) as caught:
        solve(book, CIRCLE)
    assert [str(s) for s in caught.value.collisions] in (
        ['violates(some_rule,"a")'],
        ["violates(some_rule,none)"],
    )
    assert "some_rule can't all be kept" in caught.value.message
    assert caught.value.help


def test_two_answers_show_where_they_differ(book: Rulebook) -> None:
    with pytest.raises(TwoAnswers) as caught:
        solve(book, TIE)
    assert {s.name for s in caught.value.difference} == {"plays"}
    assert "they differ in plays/2" in caught.value.message
    assert solve(book, TIE, limit=1).of("plays", 2)


def test_an_undefined_operation_is_an_error_with_its_place(book: Rulebook) -> None:
    with pytest.raises(RuleMessages) as caught:
        solve(book, UNDEFINED)
    assert caught.value.message.startswith("assign/roles.lp:8:9: operation undefined")
    assert "guard the arithmetic" in caught.value.help
    assert caught.value.problems[0].text == "half(A, 60 / M) :- minutes(A, M)."
    assert "secret" not in str(caught.value)


def test_an_unsafe_variable_is_an_error_with_its_place(tmp_path: Path) -> None:
    book = toy(tmp_path, "half(A, M) :- span(A, _, _), not minutes(A, M).")
    with pytest.raises(RuleMessages) as caught:
        check_grounding(book)
    assert caught.value.message.startswith("assign/roles.lp:3:1: unsafe variables")
    assert "positive literal" in caught.value.help


def test_a_batch_keeps_the_order_and_offenders_stand_alone(book: Rulebook) -> None:
    many = [GOOD, CIRCLE, TIE, [], GOOD, UNDEFINED, GOOD]
    found = solve_batch(book, many, SHARED)
    types = [Answer, NoAnswer, TwoAnswers, Answer, Answer, RuleMessages, Answer]
    assert [type(answer) for answer in found] == types
    assert shown(found[0]) == shown(found[4]) == shown(found[6]) == shown(solve(book, GOOD, SHARED))
    assert solve_batch(book, [], SHARED) == []


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_the_size_of_a_batch_changes_nothing(book: Rulebook, size: int) -> None:
    many = [GOOD, [], CIRCLE, GOOD]
    types = [type(answer) for answer in solve_batch(book, many, SHARED, size=size)]
    assert types == [Answer, Answer, NoAnswer, Answer]


def test_a_batch_reads_only_what_is_wanted(book: Rulebook) -> None:
    (answer,) = solve_batch(book, [GOOD], SHARED, wanted=[("plays", 2), ("policy", 2)])
    assert isinstance(answer, Answer)
    assert list(answer.atoms) == [("plays", 2), ("policy", 2)]


def test_a_shared_fact_among_those_of_an_encounter_is_a_mistake(book: Rulebook) -> None:
    with pytest.raises(ValueError, match="policy/2 is shared"):
        solve_batch(book, [[*GOOD, *SHARED], GOOD])


def test_a_child_answers_like_its_parent(book: Rulebook) -> None:
    with ChildSolver(book, seconds=20, megabytes=2048) as child:
        assert shown(child.solve(GOOD, SHARED)) == shown(solve(book, GOOD, SHARED))
        for facts, error in ((CIRCLE, NoAnswer), (TIE, TwoAnswers)):
            with pytest.raises(error):
                child.solve(facts)
        with pytest.raises(RuleMessages) as caught:
            child.solve(UNDEFINED)
        assert caught.value.message.startswith("assign/roles.lp:8:")
        assert shown(child.solve(GOOD, SHARED)) == shown(solve(book, GOOD, SHARED))


def test_text_with_quotes_and_signs_survives_the_child(book: Rulebook) -> None:
    facts = symbols('span("a\\"b\\\\c\\n%*é", -5, 20)')
    answer = solve_in_child(book, facts, seconds=20, megabytes=2048)
    assert shown(answer) == shown(solve(book, facts))


def test_rules_that_never_end_are_stopped(tmp_path: Path) -> None:
    endless = "half(A, 1) :- span(A, _, _).\nhalf(A, M + 1) :- half(A, M).\n"
    book = toy(tmp_path, endless)
    with ChildSolver(book, seconds=1, megabytes=4096) as child:
        with pytest.raises(TimeLimit, match="longer than 1 seconds"):
            child.solve(GOOD)
        assert child.solve([]).of("half", 2) == ()


def test_rules_that_need_too_much_memory_are_stopped(tmp_path: Path) -> None:
    book = toy(tmp_path, "half(A, 1..100000000) :- span(A, _, _).")
    with (
        ChildSolver(book, seconds=30, megabytes=500) as child,
        pytest.raises(MemoryLimit, match="more than 500 megabytes"),
    ):
        child.solve(GOOD)


def test_rules_that_cannot_fire_are_left_out_without_changing_the_answer(book: Rulebook) -> None:
    index = relevance(book)
    assert "half(A,(60/M)) :- minutes(A,M)." in map(str, index.fresh((), GOOD))
    assert len(index.fresh((), [])) < len(index.fresh((), GOOD))
    for facts in (GOOD, [*GOOD, *SHARED], symbols('after("a", "b")'), []):
        whole = run((book.statements,), facts, limit=0)
        sliced = run((index.fresh((), facts),), facts, limit=0)
        assert {frozenset(m) for m in whole.models} == {frozenset(m) for m in sliced.models}


def test_constants_of_heads_and_facts_decide_what_can_fire(tmp_path: Path) -> None:
    text = (
        "half(A, route) :- route(A, intramuscular).\n"
        "half(A, chained) :- half(A, route).\n"
        "half(A, (one;two)) :- after(A, _).\n"
        "half(A, pooled) :- half(A, two), after(A, A).\n"
    )
    index = relevance(toy(tmp_path, text))

    def heads(*facts: str) -> set[str]:
        found = (str(s.head) for s in index.fresh((), symbols(*facts)))
        return {head for head in found if head.startswith("half")}

    assert heads('route("a", intravenous)') == set()
    assert heads('route("a", intramuscular)') == {"half(A,route)", "half(A,chained)"}
    assert "half(A,pooled)" in heads('after("a", "a")')


def test_the_shipped_rules_ground_without_a_message() -> None:
    check_grounding(load_rulebook())


ENDLESS = """
from infusion_asp.engine import search
search("p(0). p(X + 1) :- p(X).", shown=(), seconds=600, megabytes=2048)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux alone can do it")
def test_a_search_ends_with_the_process_that_asked_it() -> None:
    with subprocess.Popen([sys.executable, "-c", ENDLESS]) as asking:
        children = Path(f"/proc/{asking.pid}/task/{asking.pid}/children")
        child = _within(60, lambda: children.read_text().split())[0]
        _within(60, lambda: "search_worker" in Path(f"/proc/{child}/cmdline").read_text())
        asking.kill()
    _within(60, lambda: not _runs(child))


def _runs(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _within(seconds: float, found: Callable[[], Any]) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if got := found():
            return got
        time.sleep(0.05)
    raise AssertionError("nothing came of it in time")
