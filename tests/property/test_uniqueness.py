"""Every encounter of two administrations on the boundary grid has exactly one answer: proved."""

from datetime import date
from importlib import import_module
from pathlib import Path

import pytest

from infusion_asp.author import AT_LEAST_ONE, AT_MOST_ONE, Proof, prove
from infusion_asp.engine import MemoryLimit
from infusion_asp.rulebook import Rulebook, load_rulebook

DAY = date(2025, 3, 3)

NO_ORDER = """
% @rule {name}
% title: Nothing
% implements: I2
% sentence: nothing
% cites: RULES:8
% replaces: {replaced}
violates({name}, Service) :-
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


def changed(tmp_path: Path, text: str) -> Rulebook:
    """The shipped rulebook under an overlay."""
    overlay = tmp_path / "overlay"
    overlay.mkdir()
    (overlay / "changed.lp").write_text("% Owns a fault.\n" + text, encoding="utf-8")
    return load_rulebook(None, [overlay])


def without(tmp_path: Path, *rules: str) -> Rulebook:
    """The shipped rulebook without some constraints."""
    parts = (NO_ORDER.format(name=f"no_{rule}", replaced=rule) for rule in rules)
    return changed(tmp_path, "\n".join(parts))


def test_exactly_one_answer_for_every_two_administrations() -> None:
    """Both settings, all payers, the policies at their defaults."""
    halves = prove(day=DAY, seconds=110)
    for proof in halves:
        assert proof.how == "proved", str(proof)
        assert proof.size > 10**9
        assert proof.covered == proof.size


def one(rulebook: Rulebook, half: str) -> Proof:
    (proof,) = prove(rulebook, halves=[half], day=DAY, settings=["facility"], seconds=110)
    return proof


@pytest.mark.parametrize(
    "rules",
    [("initial_required",), ("hierarchy", "one_initial"), ("concurrent_required",)],
    ids=" ".join,
)
def test_without_a_constraint_there_are_two_answers(tmp_path: Path, rules: tuple[str, ...]) -> None:
    proof = one(without(tmp_path, *rules), AT_MOST_ONE)
    assert proof.how == "refuted"
    assert proof.counterexample is not None
    assert proof.counterexample.kind == "two answers"
    assert proof.counterexample.fields['category("a1")']


def test_a_constraint_that_cannot_hold_leaves_no_answer(tmp_path: Path) -> None:
    proof = one(changed(tmp_path, IMPOSSIBLE), AT_LEAST_ONE)
    assert proof.how == "refuted"
    assert proof.counterexample is not None
    assert proof.counterexample.kind == "no answer"
    assert any("never_second" in atom for atom in proof.counterexample.evidence)


def test_where_the_proof_does_not_fit_it_says_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object) -> None:
        raise MemoryLimit(300)

    monkeypatch.setattr(import_module("infusion_asp.author.prove"), "_prove_half", no_room)
    (proof,) = prove(day=DAY, halves=[AT_MOST_ONE], megabytes=2000, seconds=60, swept=200)
    assert proof.how == "swept"
    assert 0 < proof.covered < proof.size
