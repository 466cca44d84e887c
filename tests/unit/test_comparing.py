"""Two rulebooks compared: the same statement, kinds of difference, smaller encounters."""

import random
from pathlib import Path

import pytest

from infusion_asp.author.comparing.answers import differences
from infusion_asp.author.comparing.canonical import canonical, changed
from infusion_asp.author.comparing.corpus import likely_first
from infusion_asp.author.comparing.equal import Change, followed, out_of_reach
from infusion_asp.author.comparing.places import rules_at
from infusion_asp.author.comparing.side import Book
from infusion_asp.author.proving.goals import Goals
from infusion_asp.author.proving.invariants import judged
from infusion_asp.author.proving.record import encounter_of
from infusion_asp.author.proving.shrink import shrunk
from infusion_asp.author.proving.space import DAY, KINDS, RARE, Space, fires
from infusion_asp.engine import EngineError
from infusion_asp.engine.run import parse
from infusion_asp.facts import load_policies
from infusion_asp.model import parse_encounter
from infusion_asp.rulebook import shipped_logic
from infusion_asp.rulebook.atoms import uses


def same(one: str, other: str) -> bool:
    return canonical(parse(one)[1]) == canonical(parse(other)[1])


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("p(X) :- q(X, Y), not r(Y).", "p(A) :- not r(B), q(A, B).", True),
        ("p(X) :- q(X, Y), not r(Y).", "p(X) :- q(X, Y), not r(X).", False),
        ('p(X) :- q(X, "A Y").', 'p(X) :- q(X, "A Z").', False),
        ("p(X) :- q(X, 30).", "p(X) :- q(X, 31).", False),
        ("p(X) :- q(X), X < 3.", "p(Y) :- Y < 3, q(Y).", True),
    ],
)
def test_a_statement_is_the_same_with_other_names_and_another_order(
    one: str, other: str, equal: bool
) -> None:
    assert same(one, other) is equal


def test_only_what_one_side_has_is_changed() -> None:
    old = [("a", "p."), ("a", "p."), ("b", "q.")]
    new = [("a", "p."), ("b", "q."), ("c", "r.")]
    assert changed(old, new) == ([1], [2])


LINES = [["administration", "c1", [], "2025-03-03", 1]]


@pytest.mark.parametrize(
    ("lines", "findings", "kinds"),
    [
        (LINES, [], ()),
        ([["administration", "c2", [], "2025-03-03", 1]], [], ("code",)),
        ([["administration", "c1", [], "2025-03-03", 2]], [], ("units",)),
        ([["administration", "c1", ["59"], "2025-03-03", 1]], [], ("modifier",)),
        ([["administration", "c1", [], "2025-03-04", 1]], [], ("date",)),
        (LINES, [["f", "a1", "none"]], ("finding",)),
    ],
)
def test_kinds_of_difference(
    lines: list[object], findings: list[object], kinds: tuple[str, ...]
) -> None:
    one = {"kind": "", "lines": LINES, "findings": [], "not_reported": []}
    other = {"kind": "", "lines": lines, "findings": findings, "not_reported": []}
    assert differences(one, other) == kinds


def test_no_answer_against_an_answer_is_a_difference_and_beside_another_is_none() -> None:
    one = {"kind": "", "lines": [], "findings": [], "not_reported": []}
    assert differences(one, {"kind": "no answer"}) == ("answer",)
    assert differences({"kind": "no answer"}, {"kind": "no answer"}) == ()


def test_a_claim_without_a_record_is_tried_before_longer_encounters() -> None:
    alone = {"encounter": {"billed": [{"code": "96365"}]}, "policies": {}, "about": "d1"}
    given = {"encounter": {"administrations": [{"id": "a1"}]}, "policies": {}, "about": "d1"}
    assert likely_first([given, alone], {"d1"}, ()) == [alone, given]


def test_an_encounter_is_made_small_while_what_was_found_stays() -> None:
    record = {
        "encounter_id": "e",
        "payer": "cpt",
        "accesses": [{"id": "l1", "kind": "port", "reason": "r"}, {"id": "l2"}],
        "administrations": [
            {"id": "a1", "drug": "x", "route": "intravenous", "access": "l1", "start": "s"},
            {"id": "a2", "drug": "y", "route": "intravenous", "access": "l2", "dose": 3},
        ],
    }

    def holds(records: object) -> list[bool]:
        return [
            any(row.get("dose") for row in each["administrations"])  # type: ignore[attr-defined]
            for each in records  # type: ignore[attr-defined]
        ]

    small = shrunk(record, holds)
    assert small["administrations"] == [
        {"id": "a2", "drug": "y", "route": "intravenous", "dose": 3}
    ]
    assert "accesses" not in small


def test_a_rule_of_another_policy_value_cannot_fire() -> None:
    (_, rule) = parse("p :- policy(long_push, infusion).")
    assert not fires(uses(rule), {"long_push": "push"})
    assert fires(uses(rule), {"long_push": "infusion"})
    assert fires(uses(rule), {})


def test_every_choice_of_the_generator_is_an_encounter_that_is_accepted() -> None:
    book = judged()
    kinds = (*KINDS, *RARE, "departure", "inpatient_order", "place", "need")
    space = Space(administrations=3, kinds=tuple(dict.fromkeys(kinds)), boundaries=(15, 30))
    goals = Goals(book, space, load_policies(shipped_logic()), 60, 4096)
    options = goals.options(space, [])
    rng = random.Random(3)
    for _ in range(300):
        drawn = {field: rng.choice(values) for field, values in options.items()}
        encounter = parse_encounter(encounter_of(drawn, DAY))
        assert len(encounter.administrations) == 3


def test_a_place_is_a_directory_or_a_revision(tmp_path: Path) -> None:
    (tmp_path / "logic").mkdir()
    with rules_at(str(tmp_path)) as found:
        assert found == tmp_path / "logic"
    with pytest.raises(EngineError, match="no directory and no git revision"), rules_at("nowhere"):
        pass


def change_of(old: str, new: str) -> Change:
    """The change between two programs, each statement a rule of its own."""

    def book(text: str) -> Book:
        found = [each for each in parse(text) if each.ast_type.name == "Rule"]
        rows = tuple((f"r{at}", canonical(each), str(each)) for at, each in enumerate(found))
        return Book("", "", rows, {}, (), frozenset(), {}, {})

    one, other = book(old), book(new)
    return Change.of(one, other, *changed(one.keyed, other.keyed))


RULES = """
limit(short, 15). limit(long, 30).
brief(X) :- took(X, M), limit(short, L), M <= L.
lasting(X) :- took(X, M), limit(long, L), M > L.
line(a, X, b, c, d) :- brief(X).
finding(late, X, none) :- lasting(X).
"""


def test_a_changed_number_is_followed_to_its_own_readers_only() -> None:
    change = change_of(RULES, RULES.replace("30", "31"))
    assert change.only_facts
    assert followed(change, 1) == ({("limit", 2), ("lasting", 1)}, {("lasting", 1)})
    assert followed(change, 2)[1] == {("finding", 3)}


def test_a_changed_rule_is_compared_where_others_read_it() -> None:
    change = change_of(RULES, RULES.replace("M <= L", "M < L"))
    assert followed(change, 0) == ({("brief", 1)}, {("brief", 1)})
    assert followed(change, 1)[1] == {("line", 5)}


def test_what_the_generator_never_gives_is_named() -> None:
    change = change_of("p(X) :- vaccine(X, flu).", "p(X) :- vaccine(X, covid).")
    assert out_of_reach(change) == ("vaccine",)
