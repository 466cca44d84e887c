"""Every encounter of the bound has exactly one answer: proved, and refuted for broken rules."""

from pathlib import Path

import pytest

from infusion_asp.author.proof import OPEN, PROVED, REFUTED, SWEPT, Proof
from infusion_asp.author.proving.goals import AT_LEAST_ONE, AT_MOST_ONE
from infusion_asp.author.proving.prove import Limits, prove
from infusion_asp.author.proving.space import Space
from infusion_asp.coding import code
from infusion_asp.engine import NoAnswer, TwoAnswers
from infusion_asp.rulebook import load_rulebook

SMALL = Space(
    administrations=2,
    accesses=1,
    visits=1,
    claims=(("facility", "cpt"),),
    boundaries=(15, 30),
    kinds=("category", "method", "drug", "times"),
)

WITHOUT = """
% @rule no_{rule}
% title: Nothing
% implements: I2
% sentence: nothing
% cites: RULES:8
% replaces: {rule}
violates(no_{rule}, Service) :-
    plays(Service, initial),
    plays(Service, subsequent).
"""

IMPOSSIBLE = """
% @rule never_second
% title: Nothing is subsequent
% implements: I1
% sentence: {{ Service | name }} is subsequent
% cites: RULES:8
violates(never_second, Service) :-
    plays(Service, subsequent).
"""


def overlay(tmp_path: Path, text: str) -> Path:
    """A directory of rules that break the shipped ones."""
    place = tmp_path / "overlay"
    place.mkdir()
    (place / "changed.lp").write_text("% Owns a fault.\n" + text, encoding="utf-8")
    return place


def proofs(*only: str, overlays: tuple[Path, ...] = ()) -> dict[str, Proof]:
    limits = Limits(seconds=120, swept=100)
    found = prove(SMALL, overlays=overlays, only=only or ("hierarchy_kept",), limits=limits)
    return {each.name: each for each in found}


def test_exactly_one_answer_and_the_order_kept() -> None:
    found = proofs(AT_MOST_ONE, AT_LEAST_ONE, "hierarchy_kept")
    assert [each.how for each in found.values()] == [PROVED, PROVED, PROVED]
    assert all(each.size == each.proved > 10**4 for each in found.values())


@pytest.mark.parametrize(
    "rules", [("initial_required",), ("hierarchy", "one_initial"), ("concurrent_required",)]
)
def test_without_a_constraint_there_are_two_answers(tmp_path: Path, rules: tuple[str, ...]) -> None:
    place = overlay(tmp_path, "\n".join(WITHOUT.format(rule=rule) for rule in rules))
    found = proofs(overlays=(place,))
    assert found[AT_MOST_ONE].how == REFUTED
    assert found["hierarchy_kept"].how == OPEN
    example = found[AT_MOST_ONE].counterexample
    assert example is not None and example.kind == "two answers"
    with pytest.raises(TwoAnswers):
        code(dict(example.encounter), rulebook=load_rulebook(None, [place]), explain=False)


def test_a_constraint_that_cannot_hold_leaves_no_answer(tmp_path: Path) -> None:
    place = overlay(tmp_path, IMPOSSIBLE)
    found = proofs(overlays=(place,))
    assert found[AT_LEAST_ONE].how == REFUTED
    example = found[AT_LEAST_ONE].counterexample
    assert example is not None and example.kind == "no answer"
    assert len(example.encounter["administrations"]) == 2
    assert any("never_second" in text for text in example.evidence)
    with pytest.raises(NoAnswer):
        code(dict(example.encounter), rulebook=load_rulebook(None, [place]), explain=False)


def test_what_does_not_fit_is_swept_and_said_so() -> None:
    found = prove(SMALL, only=["hierarchy_kept"], limits=Limits(20, 300, 40))
    proof = next(each for each in found if each.name == "hierarchy_kept")
    assert proof.how in (PROVED, SWEPT)
    assert proof.how == PROVED or 0 < proof.covered < proof.size


def test_a_broken_rule_breaks_its_invariant(tmp_path: Path) -> None:
    """A swapped rank is consistent in itself; the invariant states the order once more."""
    text = """
% @rule swapped_ranks
% title: Push before infusion
% implements: I2
% cites: RULES:8
% replaces: service_ranks
kind_rank(infusion, chemotherapy, 2).
kind_rank(push, chemotherapy, 1).
kind_rank(infusion, therapeutic, 3).
kind_rank(push, therapeutic, 4).
kind_rank(hydration, hydration, 5).
"""
    found = proofs(overlays=(overlay(tmp_path, text),))
    proof = found["hierarchy_kept"]
    assert proof.how == REFUTED
    assert proof.counterexample is not None
    assert code(dict(proof.counterexample.encounter), explain=False).lines
