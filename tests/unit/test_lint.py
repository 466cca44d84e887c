"""Each mistake of a rule author is found: with its id, file, line and column, and a cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from infusion_asp.author.lint import CHECKS, Finding, lint
from infusion_asp.author.lint.grounding import Limits
from tests.support.toybook import write_book

DOCS = Path(__file__).resolve().parents[2] / "docs" / "lint.md"

VOCABULARY = """\
%! enum role: initial subsequent
%! enum setting: facility professional
%! policy(Name, Value)
%    shared output
%    sentence: the policy {{ Name }} is {{ Value }}
%! setting(Setting)
%    shared output
%    sentence: the claim is a {{ Setting }} claim
%! threshold(Name, Minutes)
%    shared output
%    sentence: the limit {{ Name }} is {{ Minutes }}
%! ran(Admin, Minutes)
%    input
%    sentence: {{ Admin }} ran {{ Minutes }} minutes
%! drug(Admin, Code)
%    input output
%    sentence: {{ Admin }} is {{ Code }}
%! plays(Admin, Role)
%    derived output
%    Role: role
%    sentence: {{ Admin }} is {{ Role }}
%! finding(Rule, Subject, Detail)
%    output
%    Rule: rule
%    sentence: {{ Rule }} is found
"""
THRESHOLDS = """\
% @rule limits
% title: The limits
% implements: T4
% cites: S10
threshold(short, 15).
"""
POLICIES = """\
policy,value,default,who_says_what
long_push,push,yes,one
long_push,infusion,no,another
hydration_min_minutes,31,yes,one
hydration_min_minutes,16,no,another
"""
SOURCES = "id,title,address,year\nRULES,The rules,,\nS10,A page,example.org,2025\n"
SPECIFICATION = "id,section,title\n3,3,time\nT4,3,push or infusion\n"
GOOD = """\
plays(Admin, initial) :-
    ran(Admin, Minutes),
    threshold(short, Most),
    Minutes > Most.
"""
HEADER = """\
% @rule some_rule
% title: Some rule
% implements: T4
% cites: S10, RULES:3, RULES:T4
"""
FIRST = HEADER.count("\n") + 1


def book(root: Path, rule: str = GOOD, header: str = HEADER, **more: str) -> Path:
    """A small rulebook with one rule besides its limits, clean as it stands."""
    files = {
        "vocabulary.lp": VOCABULARY,
        "thresholds.lp": THRESHOLDS,
        "derive/some.lp": header + rule,
        "profiles/policies.csv": POLICIES,
        "profiles/cpt.lp": "profile_payer(cpt).\n",
        "profiles/medicare.lp": "profile_payer(medicare).\n",
        "tables/codes.csv": "code\n96365\n96366\n",
        "sources.csv": SOURCES,
        "specification.csv": SPECIFICATION,
        **more,
    }
    return write_book(root, files, toy=False)


def found(root: Path, seconds: float | None = None) -> list[Finding]:
    """The findings; where no seconds are given, without those of grounding."""
    limits = Limits(seconds, 1000) if seconds else None
    return list(lint(root, (), limits).findings)


def only(root: Path, id: str, seconds: float | None = None) -> Finding:
    """The one finding with this id."""
    hits = [each for each in found(root, seconds) if each.id == id]
    assert len(hits) == 1, found(root)
    return hits[0]


def test_a_careful_rulebook_has_no_findings(tmp_path: Path) -> None:
    assert found(book(tmp_path), 20) == []


def test_an_unsafe_variable_is_named_at_its_place(tmp_path: Path) -> None:
    root = book(tmp_path, "plays(A, initial) :- ran(A, _), B < 2.\n")
    finding = only(root, "unsafe-variable", 20)
    assert (finding.line, finding.column) == (FIRST, 33)
    assert "'B'" in finding.message
    assert finding.help == "bind it in a positive literal of the body"


STATEMENTS = [
    # what is written after the header, id, line after the header, column, said, cure
    ("plays(A, initial) :- rn(A, _).", "unknown-predicate", 0, 22, "unknown predicate rn/2", "ran"),
    ("plays(A, initial) :- ran(A).", "wrong-arity", 0, 22, "ran/1", "ran/2"),
    ("plays(A, inital) :- ran(A, _).", "unknown-constant", 0, 10, "inital", "'initial'"),
    ("#script (lua) x #end.", "forbidden-construct", 0, 1, "#script", "plain ASP"),
    ('#include "x.lp".', "forbidden-construct", 0, 1, "#include", "is read"),
    ("plays(A, initial) :- ran(A, _)", "syntax-error", 1, 1, "syntax error", "missing '.'"),
    (
        "plays(A, initial) :- ran(A, _), not plays(A, initial).",
        "recursion-through-negation",
        0,
        37,
        "plays/2",
        "break the cycle",
    ),
    ("plays(A, initial) :- ran(A, Time).", "variable-used-once", 0, 29, "'Time'", "write '_'"),
    ("plays(A, initial) :- ran(A, M), M > 45.", "bare-number", 0, 37, "45", "threshold(some_name"),
    (
        'plays(A, initial) :- drug(A, "96356").',
        "unknown-code",
        0,
        30,
        "'96356'",
        "did you mean '96365' or '96366'?",
    ),
    (
        "plays(A, initial) :- ran(A, _), policy(long_push, infuson).",
        "never-fires",
        0,
        33,
        "policy(long_push,infuson)",
        "'infusion'",
    ),
    (
        "plays(A, initial) :- ran(A, _), policy(long_pus, infusion).",
        "never-fires",
        0,
        33,
        "long_pus",
        "'long_push'",
    ),
    (
        "plays(A, initial) :- drug(A, infusion), drug(_, infusion), drug(A, infusoin).",
        "misspelt-constant",
        0,
        68,
        "'infusoin'",
        "'infusion'",
    ),
]


@pytest.mark.parametrize(
    ("rule", "id", "line", "column", "said", "cure"), STATEMENTS, ids=[row[0] for row in STATEMENTS]
)
def test_a_mistake_is_named_with_its_place_and_cure(
    tmp_path: Path, rule: str, id: str, line: int, column: int, said: str, cure: str
) -> None:
    finding = only(book(tmp_path, rule + "\n"), id)
    assert finding.file.endswith("derive/some.lp")
    assert (finding.line, finding.column) == (FIRST + line, column)
    assert said in finding.message
    assert cure in finding.help


DEAD = [
    "policy(long_push, push), policy(long_push, infusion)",
    "policy(long_push, Value), Value != push, Value != infusion",
    "policy(hydration_min_minutes, Least), Least > 31",
    "setting(facility), setting(professional)",
    "setting(facility), not setting(facility)",
    "threshold(short, Most), Most > 15",
    "threshold(brief, _)",
    "ran(A, Minutes), Minutes > 2, Minutes < 2",
]
ALIVE = [
    "policy(long_push, push), not policy(long_push, infusion)",
    "policy(hydration_min_minutes, Least), Least > 30",
    "threshold(short, Most), Most > 14",
    "ran(A, Minutes), Minutes > 0, Minutes < 2",
]


@pytest.mark.parametrize("body", DEAD)
def test_what_no_policy_makes_true_never_fires(tmp_path: Path, body: str) -> None:
    only(book(tmp_path, f"plays(A, initial) :- drug(A, _), {body}.\n"), "never-fires")


@pytest.mark.parametrize("body", ALIVE)
def test_what_some_policy_makes_true_may_fire(tmp_path: Path, body: str) -> None:
    findings = found(book(tmp_path, f"plays(A, initial) :- drug(A, _), {body}.\n"))
    assert "never-fires" not in {each.id for each in findings}


def test_a_payer_without_a_profile_never_has_its_rule(tmp_path: Path) -> None:
    finding = only(book(tmp_path, GOOD, HEADER + "% payers: medicar\n"), "never-fires")
    assert (finding.line, finding.help) == (FIRST, "did you mean 'medicare'?")


HEADERS = [
    ("cites: S10", "cites: S99", "unresolved-citation", 4, "S99"),
    ("RULES:T4", "RULES:T44", "unresolved-citation", 4, "RULES:T4"),
    ("implements: T4", "implements: T9", "unknown-specification", 3, "'T9'"),
    ("% implements: T4\n", "", "incomplete-header", 1, "lacks implements"),
    ("% title: Some rule\n", "", "incomplete-header", 1, "no title"),
    ("% title", "% level: worse\n% title", "header-value", 2, "'worse'"),
    ("% title", "% titel", "header-key", 2, "titel"),
    ("@rule some_rule", "@rule limits", "duplicate-id", 1, "thresholds.lp:1"),
    (
        "% cites",
        "% from: 2025-02-01\n% to: 2025-01-31\n% cites",
        "inconsistent-dates",
        5,
        "before",
    ),
    ("% cites", "% sentence: {{ Minuts }} ran\n% cites", "unbound-placeholder", 1, "'Minuts'"),
    ("% cites", "% allow: bare-number\n% cites", "exception", 4, "no reason"),
    ("% cites", "% allow: bear-number because so\n% cites", "exception", 4, "bear-number"),
    ("% cites", "% allow: bare-number because so\n% cites", "idle-exception", 4, "bare-number"),
]


@pytest.mark.parametrize(
    ("old", "new", "id", "line", "said"), HEADERS, ids=[f"{row[2]} {row[1]}" for row in HEADERS]
)
def test_a_wrong_header_is_named_at_its_line(
    tmp_path: Path, old: str, new: str, id: str, line: int, said: str
) -> None:
    finding = only(book(tmp_path, GOOD, HEADER.replace(old, new)), id)
    assert finding.line == line
    assert said in f"{finding.message} {finding.help}"
    assert finding.help


PROFILES = [
    ('profile_policy(long_pus, "push").', 16, "no policy 'long_pus'", "did you mean 'long_push'?"),
    ('profile_policy(long_push, "pusch").', 28, "no value 'pusch'", "did you mean 'push'?"),
    ("profile_policy(long_push, push).", 1, "no fact of a profile", "profile_policy(name"),
    ("profile_policy(long_push).", 1, "no fact of a profile", "profile_policy(name"),
]


@pytest.mark.parametrize(("line", "column", "said", "cure"), PROFILES)
def test_a_wrong_choice_of_a_profile_is_named(
    tmp_path: Path, line: str, column: int, said: str, cure: str
) -> None:
    root = book(tmp_path, **{"profiles/mine.lp": f"profile_payer(mine).\n{line}\n"})
    finding = only(root, "profile")
    assert (finding.line, finding.column, finding.text) == (2, column, line)
    assert said in finding.message
    assert cure in finding.help


def test_dates_that_meet_on_one_day_are_consistent(tmp_path: Path) -> None:
    header = HEADER + "% from: 2025-01-31\n% to: 2025-01-31\n"
    assert found(book(tmp_path, GOOD, header)) == []


def test_an_exception_with_a_reason_lets_a_finding_stand(tmp_path: Path) -> None:
    rule = "plays(A, initial) :- ran(A, M), M > 45.\n"
    header = HEADER + "% allow: bare-number because the payer counts so\n"
    assert found(book(tmp_path, rule, header)) == []


def test_a_finding_needs_sentence_help_level_and_risk(tmp_path: Path) -> None:
    rule = "plays(A, initial) :- ran(A, _).\nfinding(some_rule, A, none) :- drug(A, _).\n"
    finding = only(book(tmp_path, rule), "incomplete-header")
    assert finding.message.endswith("lacks sentence, level, risk, help")


PREDICATES = [
    ("%! odd(Admin)\n%    derived\n", "unsaid-predicate", "odd/1 has no sentence"),
    ("%! odd(Admin)\n%    input\n%    sentence: odd\n", "unused-predicate", "nothing reads odd/1"),
]


@pytest.mark.parametrize(("doc", "id", "said"), PREDICATES)
def test_a_predicate_without_sentence_or_reader_is_named(
    tmp_path: Path, doc: str, id: str, said: str
) -> None:
    finding = only(book(tmp_path, **{"vocabulary.lp": VOCABULARY + doc}), id)
    assert finding.line == VOCABULARY.count("\n") + 1
    assert said in finding.message


def test_an_argument_that_nothing_reads_is_named(tmp_path: Path) -> None:
    rule = "long(A, M) :- ran(A, M).\nplays(A, initial) :- long(A, _).\n"
    finding = only(book(tmp_path, rule), "unused-argument")
    assert (finding.line, finding.column) == (FIRST, 9)


def test_an_undocumented_predicate_with_an_argument_too_many_is_named(tmp_path: Path) -> None:
    rule = "long(A) :- ran(A, _).\nlong(A, A) :- drug(A, _).\nplays(A, initial) :- long(A).\n"
    finding = only(book(tmp_path, rule), "wrong-arity")
    assert (finding.line, finding.message) == (FIRST + 1, "wrong arity: long/2")
    assert finding.help == "elsewhere it is long/1"


def test_a_set_listed_twice_is_named_at_the_second_place(tmp_path: Path) -> None:
    rule = (
        "plays(A, initial) :- drug(A, (one; two)).\nplays(A, subsequent) :- drug(A, (two; one)).\n"
    )
    finding = only(book(tmp_path, rule), "repeated-enumeration")
    assert finding.line == FIRST + 1
    assert f"some.lp:{FIRST}" in finding.message


def test_three_statements_for_three_constants_are_a_set(tmp_path: Path) -> None:
    rules = [f"plays(A, initial) :- drug(A, {each}).\n" for each in ("one", "two", "three")]
    assert "repeated-enumeration" not in {e.id for e in found(book(tmp_path, "".join(rules[:2])))}
    only(book(tmp_path, "".join(rules)), "repeated-enumeration")


ENDLESS = [
    ("up(0).\nup(N + 1) :- up(N).\nplays(A, initial) :- ran(A, M), up(M).\n", 1),
    ("up(M) :- ran(_, M).\nup(f(N)) :- up(N).\nplays(A, initial) :- ran(A, M), up(M).\n", 1),
    ("up(1).\nup(T) :- up(N), T = N * 2.\nplays(A, initial) :- ran(A, M), up(M).\n", 1),
]


@pytest.mark.parametrize(("rule", "line"), ENDLESS)
def test_growth_without_a_limit_is_named(tmp_path: Path, rule: str, line: int) -> None:
    finding = only(book(tmp_path, rule), "endless-grounding")
    assert finding.line == FIRST + line
    assert "limit" in finding.help


def test_growth_to_a_limit_is_no_finding(tmp_path: Path) -> None:
    rule = "up(0).\nup(N + 1) :- up(N), threshold(short, Most), N < Most.\n"
    rule += "plays(A, initial) :- ran(A, M), up(M).\n"
    assert found(book(tmp_path, rule)) == []


def test_an_endless_grounding_is_ended_and_named(tmp_path: Path) -> None:
    rule = "wide(X) :- X = 1..1000000000.\nplays(A, initial) :- ran(A, M), wide(M).\n"
    hits = [each for each in found(book(tmp_path, rule), 2) if each.id == "endless-grounding"]
    assert [each.line for each in hits] == [FIRST]
    assert "grounding was ended" in hits[0].message


def test_each_rule_needs_a_test_of_its_name_or_number(tmp_path: Path) -> None:
    root = book(tmp_path, **{"tests/other.yaml": "# nothing\n"})
    ids = [(each.id, each.message) for each in found(root)]
    assert ("untested-rule", "no test file for 'some_rule'") in ids
    assert ("stray-test", "'other.yaml' is the test of no rule") in ids
    (root / "tests" / "other.yaml").unlink()
    (root / "tests" / "some_rule.yaml").write_text("[]\n")
    assert [e.message for e in found(root)] == ["no test file for 'limits'"]
    (root / "tests" / "t4.yaml").write_text("# T4: push or infusion.\n")
    assert found(root) == []


def test_a_numbered_rule_that_nothing_carries_out_is_named(tmp_path: Path) -> None:
    root = book(tmp_path, **{"specification.csv": SPECIFICATION + "T5,3,hours\n"})
    finding = only(root, "unimplemented")
    assert (finding.line, finding.text) == (4, "T5: hours")


def test_every_check_has_a_page() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == list(CHECKS)
