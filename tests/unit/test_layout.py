"""The layout of rule files: canonical, the same meaning, every comment kept."""

from __future__ import annotations

from pathlib import Path

import clingo.ast
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infusion_asp.author.layout import Unformattable, formatted, rule_files
from infusion_asp.author.layout.files import canonical
from infusion_asp.rulebook import RulebookError, shipped_logic

PAIRS = [
    ("p( a,b ).", "p(a, b)."),
    ("p:-q.", "p :- q."),
    ("p(X):-q(X,Y),Y>=2.", "p(X) :- q(X, Y), Y >= 2."),
    ("p(X) :-\n  q(X), r(X).", "p(X) :-\n    q(X),\n    r(X)."),
    ("p(X) :- q(X),\nr(X).", "p(X) :-\n    q(X),\n    r(X)."),
    ("p(a). p(b).", "p(a).\np(b)."),
    ("p(X) :- X = - 1..2-1.", "p(X) :- X = -1..2 - 1."),
    ("p(X) :- q(Y), X = | Y-1 |.", "p(X) :- q(Y), X = |Y - 1|."),
    ("p(X) :- X=#sum{ 1,Y:q(Y) ;2,Z: r(Z)}.", "p(X) :- X = #sum { 1, Y : q(Y); 2, Z : r(Z) }."),
    ("{plays(S,R):role(R)}=1:-s(S).", "{ plays(S, R) : role(R) } = 1 :- s(S)."),
    (":-p,not q.", ":- p, not q."),
    ('p("a % b").', 'p("a % b").'),
    ("p. % why", "p.  % why"),
    ("p :- % one\n  q, % two\n  r.", "p :-\n    % one\n    q,  % two\n    r."),
    ("p.\n\n\n\nq.\n\n", "p.\n\nq."),
    ("p.\n% @rule next\n% title: x\nq.", "p.\n\n% @rule next\n% title: x\nq."),
    ("%* a\n b *%\np.", "%* a\n b *%\np."),
    ("p((a;b)).", "p((a; b))."),
    ("p(X) :- q((X,)).", "p(X) :- q((X,))."),
    ("#defined p/1.", "#defined p/1."),
]


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_layout(before: str, after: str) -> None:
    assert canonical(before) == after + "\n"
    assert canonical(after + "\n") == after + "\n"


def test_a_rule_of_120_columns_stays_on_its_line_and_one_more_breaks() -> None:
    name = "a" * (120 - len("p :- , b."))
    assert canonical(f"p :- {name}, b.") == f"p :- {name}, b.\n"
    assert canonical(f"p :- {name}a, b.") == f"p :-\n    {name}a,\n    b.\n"


FILES = list(rule_files([shipped_logic()]))


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_a_laid_out_file_is_parsed_to_the_same(path: Path) -> None:
    """`formatted` compares statements and comments itself; a second time nothing changes."""
    once = formatted(path)
    assert parsed(once.after) == parsed(once.before)
    assert canonical(once.after) == once.after


def parsed(text: str) -> list[str]:
    found: list[str] = []
    clingo.ast.parse_string(text, lambda node: found.append(str(node)))
    return found


@given(st.randoms(use_true_random=False))
def test_any_blanks_give_the_same_layout(random: object) -> None:
    """Blanks and line ends between the tokens of a many-line rule do not matter."""
    words = "p ( X , Y ) :- q ( X , Z ) , not r ( Z ) , Y = # + Z * 2 , s ( Y ) .".replace(
        "# ", "1 "
    )
    blanks = [random.choice([" ", "\n", "  ", "\n\n"]) for _ in words.split()]  # type: ignore[attr-defined]
    text = "p\n" + "".join(a + b for a, b in zip(words.split()[1:], blanks, strict=False))
    wanted = "p(X, Y) :-\n    q(X, Z),\n    not r(Z),\n    Y = 1 + Z * 2,\n    s(Y).\n"
    assert canonical(text) == wanted


def test_a_file_that_cannot_be_parsed_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "bad.lp"
    path.write_text("p :- q\n")
    with pytest.raises(RulebookError, match=r"bad\.lp:2:1"):
        formatted(path)


def test_nothing_is_written_that_says_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "good.lp"
    path.write_text("p:-q.\n")
    monkeypatch.setattr("infusion_asp.author.layout.files.canonical", lambda _: "p :- r.\n")
    with pytest.raises(Unformattable):
        formatted(path)
