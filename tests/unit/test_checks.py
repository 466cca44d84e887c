"""Owns the tests of what a rulebook may not hold: each refusal names file, line, text and cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from infusion_asp.rulebook import RulebookError, load_rulebook
from infusion_asp.rulebook.__main__ import main
from tests.support.toybook import rule, write_book

HEADER_LINES = 2

FORBIDDEN = [
    ('#include "x.lp".', "#include is not allowed", "every .lp file there is read"),
    ("#script (lua) x #end.", "#script is not allowed", "plain ASP"),
    ("#const limit = 5.", "#const is not allowed", "named threshold"),
    ("#show minutes/2.", "#show is not allowed", "vocabulary"),
    ("#show A : minutes(A, _).", "#show is not allowed", "vocabulary"),
    ("#minimize { M : minutes(_, M) }.", "#minimize or a weak constraint", "sort key"),
    (":~ minutes(_, M). [M]", "#minimize or a weak constraint", "sort key"),
    ("#external span(1, 2, 3).", "#external is not allowed", "mark the predicate 'input'"),
    ("#heuristic minutes(A, 1) : after(A, A). [1, true]", "#heuristic", "changes no answer"),
    ("#edge (A, B) : after(A, B).", "#edge is not allowed", "acyclicity"),
    ("#project minutes/2.", "#project is not allowed", "vocabulary"),
    ("#defined minutes/2.", "#defined is not allowed", "vocabulary.lp"),
    ("#program extra.", "#program extra is not allowed", "#program base."),
    ("#theory t { x { - : 1, unary }; &y/0 : x, any }.", "#theory is not allowed", "arithmetic"),
    (
        "minutes(A, 1) :- after(A, A), &diff { 1 } > 2.",
        "a theory atom is not allowed",
        "arithmetic",
    ),
    ("minutes(A, @f(1)) :- after(A, A).", "external function '@f'", "input fact"),
    ("minutes(A, 1) ; minutes(A, 2) :- after(A, A).", "a disjunction", "one rule for each head"),
    (
        "minutes(A, 1) : after(A, B) :- after(B, B).",
        "condition in a head",
        "one rule for each head",
    ),
    ("#count { A : minutes(A, 1) : after(A, A) } = 1.", "an aggregate in a head", "only choice"),
    ("-minutes(A, 1) :- after(A, A).", "classical negation is not allowed", "'not'"),
    ("minutes(A, 1) :- after(A, A), -minutes(A, 1).", "classical negation", "'not'"),
    ("minutes(A, 1 ; A, 2) :- after(A, A).", "a pool of whole argument lists", "p((a;b))"),
    ("minutes(A, 1) :- after(A ; A, A).", "a pool of whole argument lists", "p((a;b))"),
    ("minutes(A__x, 1) :- after(A__x, _).", "'A__x' holds a double underscore", "'A_x'"),
    ("{ minutes(A, 1) } :- after(A, A).", "a choice of minutes/2 is not allowed", "only choice"),
    ("not minutes(A, 1) :- after(A, A).", "a head must be one atom", "into the body"),
    ("A < B :- after(A, B).", "a head must be one atom", "into the body"),
]


def problems(root: Path) -> tuple[str, ...]:
    with pytest.raises(RulebookError) as caught:
        load_rulebook(root)
    return caught.value.messages


@pytest.mark.parametrize(("statement", "said", "cure"), FORBIDDEN)
def test_a_forbidden_construct_is_refused(
    tmp_path: Path, statement: str, said: str, cure: str
) -> None:
    root = write_book(tmp_path, {"assign/wrong.lp": rule(statement)})
    matching = [m for m in problems(root) if said in m]
    assert matching, problems(root)
    place, text, *_ = matching[0].split("\n")
    assert place.startswith(f"assign/wrong.lp:{HEADER_LINES + 1}:")
    assert text.strip() == statement
    assert cure in matching[0]


@pytest.mark.parametrize(
    "text",
    [
        '% #include "x.lp".\n',
        '%* #include "x.lp".\n %* nested *% #script (lua) *%\n',
        "%* % still a line comment *% #include\n*%\n",
        rule('minutes("#include", 1) :- after(A, A). % "#script (lua)'),
        rule('minutes("a\\"#include", 1) :- after(A, A).'),
    ],
)
def test_directives_in_comments_and_strings_are_no_directives(tmp_path: Path, text: str) -> None:
    load_rulebook(write_book(tmp_path, {"assign/fine.lp": text}))


@pytest.mark.parametrize(
    "text",
    [
        '%* a *% #include "x.lp".',
        '%*% comment\n*% #include "x.lp".',
        '% a "\n#include "x.lp".',
        'minutes("%", 1) :- after(A, A). #include "x.lp".',
        'minutes("\\"%*", 1) :- after(A, A). #include "x.lp".',
        'minutes(A, 2*%*x*%3) :- after(A, A). #include "x.lp".',
        'minutes("\\\\", 1).#include "x.lp".',
        "#script (python) import os #end.",
    ],
)
def test_a_directive_behind_a_comment_or_a_string_is_found(tmp_path: Path, text: str) -> None:
    found = problems(write_book(tmp_path, {"assign/wrong.lp": text}))
    assert any("is not allowed in a rulebook" in m for m in found)


def test_an_included_file_is_never_opened(tmp_path: Path) -> None:
    """clingo would name the file that it can't open; we refuse before it looks."""
    found = problems(write_book(tmp_path, {"assign/wrong.lp": '#include "nowhere.lp".'}))
    assert not any("could not be opened" in m for m in found)


def test_intervals_pools_of_terms_and_two_heads_of_one_choice_are_fine(tmp_path: Path) -> None:
    text = rule(
        "minutes(A, 1..3) :- after(A, _).\n"
        "minutes(A, (5;7)) :- route(A, (intravenous;intramuscular)).\n"
        "{ plays(A, initial); plays(A, subsequent) : after(A, _) } = 1 :- span(A, _, _).\n"
    )
    load_rulebook(write_book(tmp_path, {"assign/fine.lp": text}))


def test_a_second_choice_rule_names_the_first(tmp_path: Path) -> None:
    text = rule("{ plays(A, initial) } :- span(A, _, _).\n{ plays(A, initial) } :- after(A, _).")
    found = problems(write_book(tmp_path, {"assign/wrong.lp": text}))
    assert "a second choice rule; the first is at assign/wrong.lp:3" in found[0]


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (
            "plain(A) :- after(A, _), not other(A).\nother(A) :- after(A, _), not plain(A).",
            "recursion through negation: plain/1 -> not other/1 -> plain/1",
        ),
        (
            "plain(A) :- after(A, _), third(A).\nthird(A) :- plain(A).\n"
            "third(A) :- after(A, _), not plain(A).",
            "recursion through negation: third/1 -> not plain/1 -> third/1",
        ),
        (
            "plain(A) :- after(A, _), #count { B : plain(B) } > 1.",
            "recursion through an aggregate: plain/1 -> aggregate plain/1",
        ),
        (
            "plain(A) :- after(A, _), after(A, B) : plain(B).",
            "recursion through a condition: plain/1 -> condition plain/1",
        ),
    ],
)
def test_recursion_through_negation_is_shown_as_a_cycle(
    tmp_path: Path, statements: str, said: str
) -> None:
    found = problems(write_book(tmp_path, {"assign/wrong.lp": rule(statements)}))
    matching = [m for m in found if said in m]
    assert matching, found
    assert "break the cycle" in matching[0]


def test_positive_recursion_is_fine(tmp_path: Path) -> None:
    text = rule(
        "chain(A, B) :- after(A, B).\nchain(A, C) :- chain(A, B), after(B, C).\n:- chain(A, A)."
    )
    load_rulebook(write_book(tmp_path, {"assign/fine.lp": text}))


@pytest.mark.parametrize(
    ("statement", "said", "cure"),
    [
        ("minutes(A, 1) :- spam(A, _, _).", "unknown predicate spam/3", "did you mean 'span'?"),
        ("minuts(A, 1) :- after(A, _).", "unknown predicate minuts/2", "did you mean 'minutes'?"),
        ("minutes(A, 1) :- span(A, _).", "wrong arity: span/2", "documents span/3"),
        (
            "minutes(A, 1) :- route(A, intravenos).",
            "'intravenos' is no route (Route of route/2)",
            "did you mean 'intravenous'?",
        ),
        (
            "minutes(A, 1) :- route(A, (intramuscular;oral)).",
            "'oral' is no route",
            "one of intramuscular, intravenous",
        ),
        (
            "minutes(A, 1) :- route(A, R), R != intravenos.",
            "'intravenos' is no route",
            "did you mean 'intravenous'?",
        ),
        (
            'minutes(A, 1) :- route(A, "intravenous").',
            "'\"intravenous\"' is no route",
            "without quotes",
        ),
        (
            "violates(some_rul, A) :- after(A, _).",
            "'some_rul' is no rule",
            "did you mean 'some_rule'?",
        ),
        ("minutes(A, 1) :- plays(A, initial).", "plays/2 is used here, but no rule derives it", ""),
        (
            "threshold(long, M) :- minutes(_, M).",
            "shared threshold/2 depends on minutes/2 of one encounter",
            "take 'shared' from threshold/2",
        ),
        ('in_force("x").', "in_force/1 is set by headers only", "replaces"),
        (
            "policy(A) :- after(A, _).\nminutes(A, 1) :- policy(A).",
            "wrong arity: policy/1",
            "policy/2",
        ),
    ],
)
def test_names_are_checked_against_the_vocabulary(
    tmp_path: Path, statement: str, said: str, cure: str
) -> None:
    found = problems(write_book(tmp_path, {"assign/wrong.lp": rule(statement)}))
    matching = [m for m in found if said in m]
    assert matching, found
    assert matching[0].startswith("assign/wrong.lp:3:")
    assert cure in matching[0]


def test_a_helper_of_one_file_needs_no_documentation_but_one_of_two_files_does(
    tmp_path: Path,
) -> None:
    text = rule("helper(A) :- after(A, _).\nminutes(A, 1) :- helper(A).")
    load_rulebook(write_book(tmp_path / "one", {"assign/a.lp": text}))
    other = rule("minutes(A, 2) :- helper(A).", "other_rule")
    found = problems(write_book(tmp_path / "two", {"assign/a.lp": text, "assign/b.lp": other}))
    assert "helper/1 is used across files (assign/a.lp, assign/b.lp)" in found[0]


def test_a_name_that_lifting_would_merge_is_refused(tmp_path: Path) -> None:
    vocabulary = "%! pair(A, B)\n%    shared\n%! pair(A)\n%    input\n"
    text = rule("violates(some_rule, A) :- pair(A), pair(A, _).")
    files = {"assign/a.lp": text, "vocabulary.lp": vocabulary + "%! violates(R, E)\n%    derived\n"}
    found = problems(write_book(tmp_path, files, toy=False))
    assert "pair/1 cannot be lifted: pair/2 is shared" in found[0]


@pytest.mark.parametrize(
    ("statement", "said", "cure"),
    [
        ("minutes(A, 1) :- after(A, _)\nminutes(A, 2).", "syntax error", "a missing '.'"),
        ("minutes(A, 1 :- after(A, _).", "syntax error", ""),
        ("minutes(A, 1) :- after(A, _). %* open", "lexer error", ""),
    ],
)
def test_what_clingo_says_is_an_error_with_its_place(
    tmp_path: Path, statement: str, said: str, cure: str
) -> None:
    found = problems(write_book(tmp_path, {"assign/wrong.lp": rule(statement)}))
    matching = [m for m in found if said in m]
    assert matching, found
    assert matching[0].startswith("assign/wrong.lp:")
    assert cure in matching[0]


def test_the_command_prints_every_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = rule("minutes(A, 1) :- spam(A, _, _), route(A, oral).")
    root = write_book(tmp_path, {"assign/wrong.lp": text})
    assert main([str(root)]) == 2
    said = capsys.readouterr().err
    assert "spam/3" in said
    assert "'oral'" in said
    assert "2 problem(s)" in said
    (root / "assign/wrong.lp").unlink()
    assert main([str(root)]) == 0
    assert "2 rules" in capsys.readouterr().out
