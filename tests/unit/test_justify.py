"""Owns the tests of justification: firings, reasons for roles, sentences, trees."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import clingo
import pytest
from clingo import ast
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infusion_asp import engine
from infusion_asp.engine import Answer
from infusion_asp.justify import FULL, Names, Reason, SentenceError, coverage, justify, render
from infusion_asp.rulebook import Rulebook, load_rulebook

VOCABULARY = """
%! span(Admin, Start, Stop)
%    input
%    Admin: id; Start: minute; Stop: minute
%    sentence: {{ Admin | name }} ran from {{ Start | clock }} to {{ Stop | clock }}
%! kind(Admin, Kind)
%    input
%    Admin: id
%    sentence: {{ Admin | name }} is {{ Kind }}
%! limit(Name, Value)
%    derived
%! minutes(Admin, Minutes)
%    derived
%! total(Minutes)
%    output
%! longest(Minutes)
%    output
%! service(Admin)
%    derived
%! rank(Admin, Rank)
%    derived
%! first(Admin)
%    derived
%! role(Role)
%    derived
%! plays(Admin, Role)
%    output
%    sentence: {{ Admin | name }} is {{ Role }}
%! has_initial(Mark)
%    derived
%! violates(Rule, Evidence)
%    output
%! step(Number)
%    derived
%! link(One, Other)
%    input
%! reach(One, Other)
%    derived
%! all_long(Mark)
%    output
%! line(Code, Admin)
%    output
%    sentence: {{ Code }} for {{ Admin | name }}
"""

DERIVE = """
% @rule limits
% title: Numbers
limit(push, 15). limit(first_hour, 60).

% @rule minutes
% title: Minutes
% sentence: {{ Admin | name }} counts {{ Minutes }} minutes
% cites: S10, RULES:T1
minutes(Admin, Minutes) :- span(Admin, Start, Stop), Minutes = Stop - Start.

% @rule total
% title: Total
% sentence: {{ Total }} minutes in all
total(Total) :- Total = #sum{ M, Admin : minutes(Admin, M), kind(Admin, _) }, Total > 0.

% @rule longest
% title: Longest
% sentence: the longest ran {{ M }} minutes
longest(M) :- M = #max{ N, Admin : minutes(Admin, N) }, minutes(_, _).

% @rule service
% title: Service
% sentence: {{ Admin | name }} is a service
service(Admin) :- minutes(Admin, M), limit(push, Limit), M > Limit, kind(Admin, _).

% @rule rank_chemotherapy
% title: Rank
% sentence: {{ Admin | name }} is chemotherapy
rank(Admin, 1) :- service(Admin), kind(Admin, antineoplastic_drug).

% @rule rank_therapeutic
% title: Rank
% sentence: {{ Admin | name }} is therapeutic
rank(Admin, 2) :- service(Admin), kind(Admin, therapeutic).

% @rule first
% title: First
first(Admin) :- service(Admin), rank(Admin, Rank), Rank = #min{ R : rank(_, R) },
    not service(Other) : rank(Other, Rank), Other < Admin.

% @rule steps
% title: Steps
step(1) :- service(_).
step(Number + 1) :- step(Number), Number < 3.

% @rule reach
% title: Reach
% sentence: {{ One }} reaches {{ Other }}
reach(One, Other) :- link(One, Other).
reach(One, Other) :- reach(One, Middle), reach(Middle, Other).

% @rule all_long
% title: All long
% sentence: all are long
all_long(yes) :- limit(push, Limit), Limit < 16, service(_),
    service(Admin) : rank(Admin, _).
"""

ASSIGN = """
% @rule roles
% title: Roles
role(initial). role(subsequent). role(concurrent).

% @rule choose
% title: One role each
1 { plays(Admin, Role) : role(Role) } 1 :- service(Admin).

% @rule hierarchy
% title: The better rank is initial
% sentence: {{ Other | name }} outranks {{ Admin | name }}
% cites: S10
violates(hierarchy, (Admin, Other)) :-
    plays(Admin, initial), rank(Admin, Rank),
    rank(Other, Better), Better < Rank.

% @rule single_initial
% title: One initial
% sentence: {{ Admin | name }} and {{ Other | name }} would both be initial
violates(single_initial, (Admin, Other)) :-
    plays(Admin, initial), plays(Other, initial), Admin < Other.

% @rule initial_exists
% title: An initial
% sentence: no service would be initial
violates(initial_exists, none) :- service(_), not has_initial(yes).

% @rule has_initial
% title: An initial
has_initial(yes) :- plays(_, initial).

% @rule tie
% title: Ties by id
% sentence: {{ Other | name }} comes before {{ Admin | name }}
violates(tie, (Admin, Other)) :-
    plays(Admin, initial), rank(Admin, Rank), rank(Other, Rank), Other < Admin,
    not plays(Other, initial).

% @rule no_concurrent
% title: Nothing is concurrent
% sentence: {{ Admin | name }} runs beside nothing
% from: 2020-01-01
violates(no_concurrent, Admin) :- plays(Admin, concurrent).
"""

REPORT = """
% @rule line_initial
% title: Initial
% sentence: {{ Admin | name }} is the initial service: {{ Minutes }} minutes
% cites: S10
line("96365", Admin) :- plays(Admin, initial), minutes(Admin, Minutes).

% @rule line_later
% title: Later
% sentence: {{ Admin | name }} follows
line("96367", Admin) :- plays(Admin, subsequent).
"""


@pytest.fixture(scope="module")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    root: Path = tmp_path_factory.mktemp("logic")
    (root / "vocabulary.lp").write_text(VOCABULARY.strip() + "\n", encoding="utf-8")
    for layer, text in (("derive", DERIVE), ("assign", ASSIGN), ("report", REPORT)):
        (root / layer).mkdir()
        (root / layer / "rules.lp").write_text(text.strip() + "\n", encoding="utf-8")
    return load_rulebook(root)


def facts(*text: str) -> list[clingo.Symbol]:
    return [clingo.parse_term(item) for item in text]


IN_FORCE = facts('in_force("no_concurrent")')
NAMES = Names(drugs={"a1": "rituximab", "a2": "infliximab", "a3": "iron"})
THREE = facts(
    'span("a1",600,660)',
    'kind("a1",antineoplastic_drug)',
    'span("a2",480,570)',
    'kind("a2",therapeutic)',
    'span("a3",1430,1460)',
    'kind("a3",therapeutic)',
)


def solve(rulebook: Rulebook, given: Sequence[clingo.Symbol]) -> Answer:
    """The one answer of the toy rulebook."""
    return engine.solve(rulebook, given, IN_FORCE)


def term(text: str) -> clingo.Symbol:
    return clingo.parse_term(text)


def test_firing_names_rule_body_and_bindings(rulebook: Rulebook) -> None:
    why = justify(rulebook, solve(rulebook, THREE), IN_FORCE)
    (firing,) = why.of(term('minutes("a2",90)'))
    assert firing.rule.id == "minutes"
    assert firing.body == (term('span("a2",480,570)'),)
    assert {k: str(v) for k, v in firing.bindings.items()} == {
        "Admin": '"a2"', "Minutes": "90", "Start": "480", "Stop": "570",
    }  # fmt: skip


def test_inputs_and_roles_have_no_firing(rulebook: Rulebook) -> None:
    why = justify(rulebook, solve(rulebook, THREE), IN_FORCE)
    assert why.of(term('span("a2",480,570)')) == ()
    assert why.of(term('plays("a1",initial)')) == ()


def test_aggregates_name_the_atoms_that_they_count(rulebook: Rulebook) -> None:
    why = justify(rulebook, solve(rulebook, THREE), IN_FORCE)
    (firing,) = why.of(term("total(180)"))
    assert {str(atom) for atom in firing.counted if atom.name == "minutes"} == {
        'minutes("a1",60)', 'minutes("a2",90)', 'minutes("a3",30)',
    }  # fmt: skip
    longest = why.of(term("longest(90)"))[0]
    assert longest.counted == (term('minutes("a2",90)'),)


def test_chains_end_at_their_first_step(rulebook: Rulebook) -> None:
    why = justify(rulebook, solve(rulebook, THREE), IN_FORCE)
    (third,) = why.of(term("step(3)"))
    assert third.body == (term("step(2)"),)
    assert len(why.of(term("step(1)"))) == 3


def test_circles_are_cut(rulebook: Rulebook) -> None:
    round_trip = facts("link(a,b)", "link(b,a)")
    why = justify(rulebook, solve(rulebook, round_trip), IN_FORCE)
    for depth in (2, FULL):
        for atom in ("reach(a,a)", "reach(a,b)", "reach(b,b)"):
            (reason, *_) = why.trees(term(atom), depth)
            assert reason.rule_id == "reach"
            assert reason.atom not in [below.atom for below in walk(reason)][1:]


def walk(reason: Reason) -> list[Reason]:
    return [reason, *(found for child in reason.children for found in walk(child))]


def test_tree_rests_on_the_record(rulebook: Rulebook) -> None:
    why = justify(rulebook, solve(rulebook, THREE), IN_FORCE, NAMES)
    tree = why.tree(term('line("96365","a1")'), 2)
    assert tree.rule_id == "line_initial"
    assert tree.sentence == "a1 (rituximab) is the initial service: 60 minutes"
    assert tree.citations == ("S10",)
    plays, minutes = tree.children
    assert plays.sentence == "a1 (rituximab) is initial"
    assert minutes.sentence == "a1 (rituximab) counts 60 minutes"
    assert [leaf.sentence for leaf in minutes.children] == [
        "a1 (rituximab) ran from 10:00 to 11:00"
    ]
    assert why.tree(term('line("96365","a1")'), 0).children == ()


def test_roles_are_explained_by_what_another_would_break(rulebook: Rulebook) -> None:
    why = justify(rulebook, solve(rulebook, THREE), IN_FORCE, NAMES)
    second = why.roles[term('"a2"')]
    raised = {str(role): [c.rule.id for c in found] for role, found in second.instead.items()}
    assert raised == {
        "initial": ["hierarchy", "single_initial"],
        "concurrent": ["no_concurrent"],
    }
    third = why.roles[term('"a3"')]
    assert [c.rule.id for c in third.instead[term("initial")]] == [
        "hierarchy", "single_initial", "tie",
    ]  # fmt: skip
    (reason, *_) = why.role_children(term('"a3"'))
    assert reason.sentence == "a1 (rituximab) outranks a3 (iron)"
    first = why.roles[term('"a1"')]
    assert [c.rule.id for c in first.instead[term("subsequent")]] == ["initial_exists"]
    assert {str(c.service) for c in first.rivals} == {'"a2"', '"a3"'}


@pytest.mark.parametrize("given", [THREE, THREE[:4], THREE[:2]])
def test_contrasts_are_those_of_the_changed_assignment(
    rulebook: Rulebook, given: list[clingo.Symbol]
) -> None:
    """Independently: fix every changed assignment and read `violates` off the model."""
    answer = solve(rulebook, given)
    why = justify(rulebook, answer, IN_FORCE)
    playing = {atom.arguments[0]: atom.arguments[1] for atom in answer.of("plays", 2)}
    for service, role in playing.items():
        for other in facts("initial", "subsequent", "concurrent"):
            if other == role:
                continue
            changed = {**playing, service: other}
            control = clingo.Control(["--warn=none"])
            with ast.ProgramBuilder(control) as builder:
                for statement in rulebook.statements:
                    builder.add(statement)
            with control.backend() as backend:
                for fact in (*given, *IN_FORCE):
                    backend.add_rule([backend.add_atom(fact)])
            fixed = "".join(f":- not plays({s},{r}). " for s, r in changed.items())
            control.add("base", [], fixed)
            control.ground([("base", [])])
            raised: set[str] = set()
            control.solve(
                on_model=lambda model, raised=raised: raised.update(
                    str(a) for a in model.symbols(atoms=True) if a.name == "violates"
                )
            )
            said = {
                f"violates({c.rule.id},{c.evidence})" for c in why.roles[service].instead[other]
            }
            assert said == raised


def test_full_proof_explains_each_atom_once(rulebook: Rulebook) -> None:
    why = justify(rulebook, solve(rulebook, THREE), IN_FORCE, NAMES)
    (tree,) = why.trees(term('line("96367","a2")'), FULL)
    sentences = [found.sentence for found in walk(tree)]
    assert "a2 (infliximab) and a1 (rituximab) would both be initial" not in sentences
    assert "a1 (rituximab) and a2 (infliximab) would both be initial" in sentences


def test_coverage_lists_rules_that_fired(rulebook: Rulebook) -> None:
    why = justify(rulebook, solve(rulebook, THREE), IN_FORCE)
    fired = coverage(why.firings)
    assert fired[:3] == ("limits", "minutes", "total")
    assert "reach" not in fired
    assert "line_later" in fired


def test_rules_that_are_not_in_force_raise_nothing(rulebook: Rulebook) -> None:
    given = THREE[:2]
    held = justify(rulebook, solve(rulebook, given), IN_FORCE)
    assert held.roles[term('"a1"')].instead[term("concurrent")][0].rule.id == "initial_exists"
    rules = {c.rule.id for c in held.roles[term('"a1"')].instead[term("concurrent")]}
    assert rules == {"initial_exists", "no_concurrent"}


administrations = st.lists(
    st.tuples(
        st.integers(0, 300),
        st.integers(0, 120),
        st.sampled_from(["antineoplastic_drug", "therapeutic"]),
    ),
    max_size=5,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(administrations, st.lists(st.sampled_from(["a,b", "b,c", "c,a", "d,b"]), max_size=4))
def test_every_derived_atom_has_a_firing_in_the_model(
    rulebook: Rulebook, rows: list[tuple[int, int, str]], links: list[str]
) -> None:
    given = [
        fact
        for number, (start, length, kind) in enumerate(rows)
        for fact in facts(
            f'span("x{number}",{start},{start + length})', f'kind("x{number}",{kind})'
        )
    ] + facts(*(f"link({link})" for link in links))
    answer = solve(rulebook, given)
    everything = {atom for held in answer.atoms.values() for atom in held}
    why = justify(rulebook, answer, IN_FORCE)
    why.prefetch(everything, 0)
    inputs = {*given, *IN_FORCE, *answer.of("plays", 2)}
    for atom in everything - inputs:
        firings = why.of(atom)
        assert firings, atom
        for firing in firings:
            assert firing.head == atom
            assert everything.issuperset(firing.body)
            assert everything.issuperset(firing.counted)
    assert {firing.head for firing in why.firings} == everything - inputs


def test_filters_render_names_times_and_constants() -> None:
    values = {
        "A": term('"a1"'), "M": term("605"), "N": term("1450"), "C": term("not_the_same"),
        "T": term('("a1","a2")'), "F": term('bag("a2",1)'), "B": term("-5"),
    }  # fmt: skip
    text = "{{ A|name }}|{{ A|drug }}|{{ M|clock }}|{{ N|clock }}|{{ C }}|{{ T }}|{{ T|name }}|"
    text += "{{ F|name }}|{{ B|clock }}|{% if X is defined %}x{% endif %}|{{ M + 1 }}"
    text += "|{% if C == 'not_the_same' %}same{% endif %}"
    assert render(text, values, NAMES) == (
        "a1 (rituximab)|rituximab|10:05|00:10 (+1 day)|not the same|a1, a2|"
        "a1 (rituximab), a2 (infliximab)|a2 (infliximab)|23:55 (-1 day)||606|same"
    )


@pytest.mark.parametrize(
    "bad", ["{{ A.__class__.__mro__ }}", "{{ A|nothing }}", "{{ A", "{{ M/0 }}"]
)
def test_bad_templates_are_refused(bad: str) -> None:
    with pytest.raises(SentenceError):
        render(bad, {"A": term('"a1"'), "M": term("1")}, NAMES)


@pytest.mark.parametrize("value", ['"a1"', '"zz"', "75", "-3", "two_words", '("a1",two_words)'])
@pytest.mark.parametrize("part", ["X", "X | name", "X | drug", "X | clock"])
def test_plain_placeholders_read_as_jinja_reads_them(value: str, part: str) -> None:
    quick = render(f"see {{{{ {part} }}}} here", {"X": term(value)}, NAMES)
    whole = render(
        f"see {{% if true %}}{{{{ {part} }}}}{{% endif %}} here", {"X": term(value)}, NAMES
    )
    assert quick == whole
