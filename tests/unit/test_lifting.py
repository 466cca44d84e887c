"""Owns the tests of lifting: what it prints, and that many at once answer like one by one."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import clingo
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infusion_asp.engine import Answer, EngineError, check_grounding, solve, solve_batch
from infusion_asp.rulebook import Rulebook, load_rulebook
from tests.support.toybook import rule, symbols, write_book

# Roles: exactly the earliest longest run is initial; `bad` breaks it, so that some have no answer,
# and `tie` leaves two.
EVERYTHING = """\
known(A) :- span(A, _, _).
total(N) :- N = #sum { M, A : minutes(A, M), not route(A, intramuscular) }.
number(N) :- N = #count { A : minutes(A, _); B : route(B, _), not known(B) }.
shortest(N) :- N = #min { M : minutes(_, M) }, N < #sup.
many :- { minutes(A, M) : M > 10 } >= 2.
rank(A, M) :- minutes(A, M), M = #max { N : minutes(_, N) }.
first(A) :- rank(A, _), not later(A).
later(A) :- rank(A, _), rank(B, _), span(A, S, _), span(B, T, _), (T, B) < (S, A).
chain(A, B) :- after(A, B).
chain(A, C) :- chain(A, B), after(B, C).
settled(A) :- known(A), chain(A, B) : after(A, B), not route(B, intramuscular).
alone(A) :- known(A), not chain(A, _), not chain(_, A).
nothing :- not known(_).
long(A) :- minutes(A, M), threshold(short, Short), M > Short, not policy(lenient, yes).
constant.
listed((first;second)).
numbered(1..2).
double(A) :- known(A), not not alone(A).
limit(M) :- threshold(short, M), not policy(lenient, yes).
both :- policy(_, yes).
{ plays(A, (initial;subsequent)) : known(A) } = 1 :- known(A).
violates(some_rule, A) :- plays(A, initial), not first(A), not tie.
violates(some_rule, A) :- known(A), first(A), plays(A, subsequent).
:- bad, known(_).
halved(A, 60 / M) :- minutes(A, M), M <= 10.
"""
VOCABULARY = """\
%! tie
%    input
%! bad
%    input
%! total(N)
%    output
%! number(N)
%    output
%! shortest(N)
%    output
%! many
%    output
%! settled(A)
%    output
%! long(A)
%    output
%! nothing
%    output
%! constant
%    output
%! listed(A)
%    output
%! numbered(A)
%    output
%! double(A)
%    output
%! limit(M)
%    output
%! both
%    shared
%! halved(A, B)
%    output
"""

Encounter = list[clingo.Symbol]


@cache
def book() -> Rulebook:
    files = {"assign/everything.lp": rule(EVERYTHING, keys="settings: facility")}
    root = write_book(Path(mkdtemp()), files)
    vocabulary = root / "vocabulary.lp"
    vocabulary.write_text(vocabulary.read_text() + VOCABULARY)
    return load_rulebook(root)


def kind(answer: Answer | EngineError) -> object:
    """What must agree: all atoms, or the type of the error and what it says."""
    if isinstance(answer, EngineError):
        return type(answer), answer.message
    return {signature: tuple(map(str, group)) for signature, group in answer.atoms.items()}


def fresh(facts: Encounter, shared: Encounter) -> object:
    try:
        return kind(solve(book(), facts, shared))
    except EngineError as error:
        return kind(error)


@st.composite
def encounters(draw: st.DrawFn) -> Encounter:
    ids = draw(st.lists(st.sampled_from(["a1", "a2", "a3", "a4"]), unique=True, max_size=4))
    facts = []
    for name in ids:
        start = draw(st.integers(0, 30))
        stop = start + draw(st.sampled_from([0, 1, 10, 15, 16, 31, 31]))
        facts.append(f'span("{name}", {start}, {stop})')
    for name in draw(st.lists(st.sampled_from([*ids, "a9"]), max_size=3)):
        facts.append(f'route("{name}", {draw(st.sampled_from(["intravenous", "intramuscular"]))})')
    pairs = st.tuples(st.sampled_from(["a1", "a2", "a3"]), st.sampled_from(["a1", "a2", "a3"]))
    facts.extend(f'after("{a}", "{b}")' for a, b in draw(st.lists(pairs, max_size=4)))
    facts.extend(draw(st.lists(st.sampled_from(["tie", "bad"]), unique=True, max_size=1)))
    return symbols(*dict.fromkeys(facts))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(encounters(), max_size=5),
    st.sampled_from([["policy(lenient, yes)"], ["policy(lenient, no)"], []]),
    st.booleans(),
)
def test_lifted_and_fresh_answer_alike(
    many: list[Encounter], policy: list[str], in_force: bool
) -> None:
    shared = symbols(*policy, *(['in_force("some_rule")'] if in_force else []))
    lifted = [kind(answer) for answer in solve_batch(book(), many, shared, size=3)]
    assert lifted == [fresh(facts, shared) for facts in many]


def test_the_toy_grounds_without_a_message() -> None:
    check_grounding(book())


@pytest.mark.parametrize(
    ("plain", "lifted"),
    [
        ("minutes(A, 1) :- after(A, _).", "minutes(E,A,1) :- after(E,A,_)."),
        ("minutes(1, 2).", "minutes(E,1,2) :- encounter(E)."),
        ("policy(x, 2).", "policy(x,2)."),
        (
            "minutes(A, B) :- threshold(A, B).",
            "minutes(E,A,B) :- encounter(E); threshold(A,B).",
        ),
        (":- not minutes(1, _).", "#false :- encounter(E); not minutes(E,1,_)."),
        (":- policy(_, _).", "#false :- policy(_,_)."),
        (
            "after(1, N) :- N = #sum { M, A : minutes(A, M), policy(M, A) }.",
            "after(E,1,N) :- encounter(E); N = #sum { M,A: minutes(E,A,M), policy(M,A) }.",
        ),
        (
            "minutes(1, 1) :- after(A, B) : after(B, A), not policy(A, B).",
            "minutes(E,1,1) :- encounter(E); after(E,A,B): after(E,B,A), not policy(A,B).",
        ),
        (
            "{ plays(A, initial) : after(A, _) } = 1.",
            "1 = { plays(E,A,initial): after(E,A,_) } :- encounter(E).",
        ),
    ],
)
def test_a_lifted_statement_reads_as_expected(tmp_path: Path, plain: str, lifted: str) -> None:
    root = write_book(tmp_path, {"derive/x.lp": rule(plain)})
    text = str(load_rulebook(root).lifted[-1])
    assert text.replace("Enc__E", "E") == lifted


def test_the_compiled_text_runs_in_a_bare_clingo() -> None:
    facts = symbols('span("a", 0, 20)', 'in_force("some_rule")')
    messages: list[str] = []
    control = clingo.Control(["0"], logger=lambda _code, text: messages.append(text))
    control.add("base", [], book().program_text())
    control.add("base", [], "".join(f"{fact}." for fact in facts))
    control.ground()
    found: list[set[str]] = []
    control.solve(on_model=lambda m: found.append({str(s) for s in m.symbols(atoms=True)}))
    assert messages == []
    assert len(found) == 1
    assert 'plays("a",initial)' in found[0]
    assert "% @rule some_rule  (assign/everything.lp:1)" in book().program_text(lifted=True)
    assert ":- violates(_, _, _)." in book().program_text(lifted=True)
