"""Owns a run of rule tests: every case with how it falls short, and the rules behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from infusion_asp.author.models import Models
from infusion_asp.author.testing.bench import Bench, Prepared, failures_of, rows_of, unsaid
from infusion_asp.author.testing.notation import Case
from infusion_asp.author.testing.observed import Failure
from infusion_asp.author.testing.words import BadCase
from infusion_asp.engine import EngineError
from infusion_asp.model import InputError, Reason, Result
from infusion_asp.rulebook import Rulebook

MOST_EXPLAINED = 20


@dataclass(frozen=True)
class Outcome:
    """A case with its failures; `rules` are those behind what they are about, with places."""

    case: Case
    failures: tuple[Failure, ...] = ()
    rules: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every expectation holds."""
        return not self.failures


def prepare(bench: Bench, cases: Sequence[Case]) -> list[Prepared]:
    """The cases with their facts. Raises BadCase for a record that is refused."""
    found = []
    for case in cases:
        try:
            found.append(bench.prepared(case))
        except InputError as error:
            said = str(getattr(error, "messages", [error])[0])
            raise BadCase(f"{case.place}: {said}", "see 'infusion-asp schema'") from None
        except ValueError as error:
            if not hasattr(error, "message"):
                raise
            help = getattr(error, "help", "")
            raise BadCase(f"{case.place}: {error.message}", help) from None
    return found


def run_cases(bench: Bench, cases: Sequence[Case]) -> list[Outcome]:
    """Run all cases together; failed ones are explained, as far as there are not too many."""
    prepared = prepare(bench, cases)
    models = bench.models(prepared)
    return outcomes(bench, prepared, models)


def outcomes(bench: Bench, prepared: Sequence[Prepared], models: Models) -> list[Outcome]:
    """The outcomes of cases whose answers are known."""
    found = []
    explained = 0
    sentences = unsaid(prepared, models)
    for number, each in enumerate(prepared):
        fell = failures_of(each, models, number) + sentences.get(number, ())
        if each.case.reasons and number not in models.wrong:
            fell += tuple(_reasons(bench, each))
        outcome = Outcome(each.case, fell)
        if fell and explained < MOST_EXPLAINED:
            explained += 1
            outcome = replace(outcome, rules=tuple(_behind(bench, outcome, prepared, models)))
        found.append(outcome)
    return found


def _result(bench: Bench, each: Prepared) -> Result | None:
    try:
        return bench.coder(each.case.profile, each.case.policies).code(each.encounter)
    except EngineError:
        return None


def _reasons(bench: Bench, each: Prepared) -> Iterable[Failure]:
    """Reasons that a result does not name."""
    result = _result(bench, each)
    if result is None:
        return
    for key, wanted in each.case.reasons.items():
        trees = [tree for tree in _trees(result, key)]
        rules = {tree.rule for tree in trees}
        texts = [tree.sentence for tree in trees]
        missing = tuple(
            text
            for text in wanted
            if text not in rules and not any(text in sentence for sentence in texts)
        )
        if missing:
            said = tuple(f"{tree.rule}: {tree.sentence}" for tree in trees)
            yield Failure(f"reasons of {key}", missing, tuple(dict.fromkeys(said)), (key,))


def _trees(result: Result, key: str) -> Iterable[Reason]:
    for line in result.lines:
        if line.code == key:
            yield from _walk(line.because)
    for each in result.not_reported:
        if each.administration == key:
            yield from _walk(each.because)
    for finding in result.findings:
        if finding.rule == key:
            yield Reason(rule=finding.rule, sentence=finding.sentence, citations=(), children=())


def _walk(trees: Iterable[Reason]) -> Iterable[Reason]:
    for tree in trees:
        yield tree
        yield from _walk(tree.children)


def _behind(
    bench: Bench, outcome: Outcome, prepared: Sequence[Prepared], models: Models
) -> Iterable[tuple[str, tuple[str, ...]]]:
    """For each code or rule that a failure is about the rules behind it, with their places."""
    own = next(each for each in prepared if each.case is outcome.case)
    result = _result(bench, own)
    for subject in dict.fromkeys(name for fell in outcome.failures for name in fell.subject):
        if any(rule.id == subject for rule in bench.book.rules):
            yield subject, (place_of(bench.book, subject),)
            continue
        rules = _rules_of(result, subject)
        if rules:
            yield subject, tuple(place_of(bench.book, each) for each in rules)
            continue
        other = _elsewhere(prepared, models, subject, own)
        found = _rules_of(_result(bench, other), subject) if other else ()
        if other and found:
            places = tuple(place_of(bench.book, each) for each in found)
            yield f"{subject} elsewhere ({other.case.place})", places


def _rules_of(result: Result | None, code: str) -> tuple[str, ...]:
    if result is None:
        return ()
    found = [rule for line in result.lines if line.code == code for rule in line.rules]
    return tuple(dict.fromkeys(found))


def _elsewhere(
    prepared: Sequence[Prepared], models: Models, code: str, own: Prepared
) -> Prepared | None:
    """Another case in which a code is derived."""
    for number, each in enumerate(prepared):
        if each is not own and not each.case.judged:
            rows = rows_of(models, number, ("line", 5))
            if any(row[1].string == code for row in rows):
                return each
    return None


def place_of(book: Rulebook, rule_id: str) -> str:
    """A rule with its file and line."""
    rule = book.rule(rule_id)
    return f"{rule_id} ({rule.file}:{rule.line})"
