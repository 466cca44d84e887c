"""Mutants of the shipped rules: made, killed by tests, told apart by variations, recorded."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
import yaml

from infusion_asp.author.mutation import record as records
from infusion_asp.author.mutation.explain import (
    BadExplanations,
    Explanations,
    read_explanations,
)
from infusion_asp.author.mutation.operators import (
    DROP_LITERAL,
    DROP_RULE,
    KINDS,
    MINUS_ONE,
    NEGATE,
    PLUS_ONE,
    mutants_of,
)
from infusion_asp.author.mutation.run import (
    EQUIVALENT,
    KILLED,
    SURVIVED,
    Verdict,
    against_pool,
    against_tests,
)
from infusion_asp.author.testing import Case, cases_of
from infusion_asp.author.testing.bench import Bench
from infusion_asp.rulebook import load_rulebook

KEEP_OPEN = """
- name: hydration at <rate> ml an hour
  given: {a1: normal saline 09:00-10:00 <rate>ml/h}
  for: rate
  values:
    "50": {findings: [keep_open_rate]}
    "51": {no_findings: [keep_open_rate]}
"""
LIMIT = "gap_thresholds"
PUSH = "given_as_push(Admin)"


@cache
def bench() -> Bench:
    return Bench(load_rulebook())


def killed(cases: list[Case], *rules: str) -> dict[str, str]:
    """What became of the mutants of some rules, by name."""
    verdicts = against_tests(bench(), cases, mutants_of(bench().book, rules), count=1)
    return {each.mutant.name: each.status for each in verdicts}


def test_every_kind_of_mistake_is_made() -> None:
    mutants = mutants_of(bench().book)
    assert set(Counter(each.kind for each in mutants)) == set(KINDS)
    assert len({each.name for each in mutants}) == len(mutants)


def test_the_mutants_of_a_rule_are_small_mistakes() -> None:
    made = {each.name: each.text for each in mutants_of(bench().book, ["hierarchy"])}
    first = "hierarchy#1"
    assert made[f"{first} {DROP_RULE}: violates(hierarchy,(Service,Other))"] == ""
    assert f"{first} {DROP_LITERAL}: Service != Other" in made
    assert "Service = Other" in made[f"{first} {NEGATE}: Service != Other"]
    limits = [each.name for each in mutants_of(bench().book, [LIMIT])]
    assert f"{LIMIT}#1 {PLUS_ONE}: the number, 30" in limits
    assert f"{LIMIT}#1 {MINUS_ONE}: the number, 30" in limits


def test_an_unsafe_statement_is_no_mutant() -> None:
    made = [each.name for each in mutants_of(bench().book, ["hierarchy"])]
    assert not [name for name in made if "best(Scope,Other)" in name and NEGATE in name]


def test_a_boundary_pair_kills_a_shifted_threshold() -> None:
    cases = list(cases_of(KEEP_OPEN))
    name = "the number, 50"
    found = killed(cases, "fluid_thresholds")
    shifted = {key: status for key, status in found.items() if key.endswith(name)}
    assert set(shifted.values()) <= {KILLED, SURVIVED}
    keep_open = [key for key in shifted if key.startswith("fluid_thresholds#5")]
    assert [shifted[key] for key in keep_open] == [KILLED, KILLED]
    assert SURVIVED in set(killed(cases[:1], "fluid_thresholds").values())


def test_a_survivor_is_told_apart_by_a_variation_of_the_tests() -> None:
    cases = list(cases_of(KEEP_OPEN))[:1]
    mutants = [
        each for each in mutants_of(bench().book, ["keep_open_rate"]) if each.kind != DROP_RULE
    ]
    verdicts = against_tests(bench(), cases, mutants, count=1)
    told = against_pool(bench(), cases, verdicts, count=1, size=60)
    assert {each.status for each in told} <= {KILLED, SURVIVED, EQUIVALENT}
    for each in told:
        assert (each.status == SURVIVED) == (each.separating is not None)


def verdicts_of(rule: str) -> list[Verdict]:
    """All mutants of a rule killed but the last, which nothing tells."""
    mutants = mutants_of(bench().book, [rule])
    found = [Verdict(each, KILLED, "some test") for each in mutants[:-1]]
    return [*found, Verdict(mutants[-1], EQUIVALENT)]


def explained(mutant: str, digest: str) -> Explanations:
    text = yaml.safe_dump([{"because": "one of them is\n  best", "mutants": {mutant: digest}}])
    return read_explanations(text)


def test_the_record_knows_which_rules_have_changed() -> None:
    book = bench().book
    verdicts = verdicts_of("hierarchy")
    text = records.written(book, verdicts, {}, head="A run.")
    read = records.read(text)
    assert read.scores["hierarchy"].killed == len(verdicts) - 1
    assert read.scores["hierarchy"].digest == records.digest_of(book.rule("hierarchy"))
    assert "hierarchy" not in records.changed(book, read)
    assert "initial_required" in records.changed(book, read)


def test_the_record_says_why_a_mutant_is_not_killed() -> None:
    book = bench().book
    verdicts = verdicts_of("hierarchy")
    name = verdicts[-1].mutant.name
    given = explained(name, records.digest_of(book.rule("hierarchy")))
    assert given.valid(book) == {name: "one of them is best"}
    text = records.written(book, verdicts, given.valid(book), head="A run.")
    assert "**one of them is best**" in text and records.UNEXPLAINED not in text
    assert records.UNEXPLAINED in records.written(book, verdicts, {}, head="A run.")


def test_an_explanation_counts_no_more_when_its_rule_has_changed() -> None:
    book = bench().book
    verdicts = verdicts_of("hierarchy")
    mutants = mutants_of(book, ["hierarchy"])
    name = verdicts[-1].mutant.name
    digest = records.digest_of(book.rule("hierarchy"))
    assert explained(name, digest).outdated(book, mutants, verdicts) == []
    old = explained(name, "000000000000")
    assert old.valid(book) == {}
    assert "has changed" in old.outdated(book, mutants, verdicts)[0]
    killed = explained(mutants[0].name, digest)
    assert "a test kills it" in killed.outdated(book, mutants, verdicts)[0]
    gone = explained("hierarchy#9 drop rule: nothing", digest)
    assert "no such mutant" in gone.outdated(book, mutants, verdicts)[0]


def test_a_mutant_is_explained_once() -> None:
    group = {"because": "so", "mutants": {"hierarchy#1 drop rule: x": "0"}}
    with pytest.raises(BadExplanations, match="twice"):
        read_explanations(yaml.safe_dump([group, group]))
    with pytest.raises(BadExplanations, match="can't be read"):
        read_explanations("- because: so")


ON_THE_WAY = """
- name: morphine as a push
  given: {a1: morphine push 09:00}
  holds: ['given_as_push("a1")']
"""


def test_an_atom_on_the_way_kills_without_an_output() -> None:
    rules = {each.rule for each in mutants_of(bench().book) if each.detail == PUSH}
    seen = killed(list(cases_of(ON_THE_WAY)), *rules)
    unseen = killed(list(cases_of(ON_THE_WAY.split("  holds", maxsplit=1)[0])), *rules)
    told = [name for name in seen if seen[name] == KILLED and unseen[name] == SURVIVED]
    assert [name for name in told if name.endswith(f"{DROP_RULE}: {PUSH}")]


SAID = """
- name: the class decides before the technique
  given: {a1: paclitaxel 09:00-10:00, a2: ceftriaxone push 10:00}
  says: ['outranks_by_class(because(hierarchy,("a2","a1")),chemotherapy,therapeutic,"a2")']
  silent: ['outranks_by_standing(because(hierarchy,("a2","a1")),"a2")']
"""


def test_a_sentence_tells_rules_that_derive_the_same() -> None:
    name = f"outranks_by_class#1 {DROP_RULE}: because(hierarchy,(Second,First))"
    assert killed(list(cases_of(SAID)), "outranks_by_class")[name] == KILLED


def test_the_sample_is_fixed() -> None:
    mutants = mutants_of(bench().book)
    one = [each.name for each in records.sample(mutants)]
    other = [each.name for each in records.sample(mutants[::-1])]
    assert len(one) == records.SAMPLE and one == other


def test_what_the_record_has_left_is_all_that_is_tried_again() -> None:
    book = bench().book
    mutants = mutants_of(book, ["hierarchy"])
    kept, left = mutants[0], mutants[1]
    first = [Verdict(each, SURVIVED if each is left else KILLED, "a.yaml:1") for each in mutants]
    read = records.read(records.written(book, first, {}, head="A full run."))
    assert read.left == {left.name} and read.head == "A full run."
    again = records.renewed(mutants, [Verdict(left, KILLED, "b.yaml:1")])
    assert [each.status for each in again] == [KILLED] * len(mutants)
    assert {each.mutant.name: each.by for each in again}[kept.name] == "recorded"
    assert not records.read(records.written(book, again, {}, head="")).left


def test_a_record_is_of_another_rulebook_when_a_rule_or_its_mutants_are_others() -> None:
    book = bench().book
    mutants = mutants_of(book, ["hierarchy", "one_initial"])
    text = records.written(book, [Verdict(each, KILLED) for each in mutants], {}, head="A run.")
    read = records.read(text)
    assert records.of_another_rulebook(book, read, mutants) == []
    assert records.of_another_rulebook(book, read, mutants[:-1]) == ["one_initial"]
    digest = records.digest_of(book.rule("hierarchy"))
    changed = records.read(text.replace(digest, "0" * 12))
    assert records.of_another_rulebook(book, changed, mutants) == ["hierarchy"]
