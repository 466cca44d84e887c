"""Owns the accuracy report: `python -m benchmarks.accuracy fixtures/published/published.yaml`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.policy_search import Answered, Choice, answer
from benchmarks.scoring import Case, read_cases, shown
from infusion_asp.rulebook import load_rulebook

READINGS = Path(__file__).parent.parent / "fixtures" / "published" / "readings.yaml"
ALLOWED = 20  # one headline case in so many may be listed instead of right


@dataclass(frozen=True)
class Reading:
    """What a person found on reading a case that we answer otherwise."""

    why: str
    we_follow: str


def read_readings(path: Path = READINGS) -> Mapping[str, Reading]:
    """The readings by case id."""
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {name: Reading(**entry) for name, entry in given.items()}


def report(answers: Sequence[Answered], readings: Mapping[str, Reading]) -> Iterator[str]:
    """The lines of the report in Markdown."""
    headline = [each for each in answers if each.case.headline]
    missed = [each for each in headline if not each.right]
    yield "# Accuracy on published cases"
    yield ""
    yield (
        "Made by `python -m benchmarks.accuracy CASES`; scored as the cases' README says: "
        "administration lines with units and modifiers other than 25, without drug lines, visit "
        "codes and the rest of the claim. Each case is coded under the profile of its payer and "
        f"setting, every policy at that profile's value. Rulebook `{load_rulebook().digest[:12]}`."
    )
    yield ""
    yield from _headline(headline)
    yield "## Headline cases answered otherwise"
    yield ""
    yield f"{len(missed)} of {len(headline)}; at most one in {ALLOWED} may stand here."
    yield ""
    for each in missed:
        yield from _entry(each, readings)
    rest = [each for each in answers if not each.case.headline]
    otherwise = [each for each in rest if not each.right]
    yield "## Other cases"
    yield ""
    yield (
        "Low confidence, disputed, one payer's rule, outdated or partly published: "
        f"{len(rest) - len(otherwise)} of {len(rest)} are answered as published."
    )
    yield ""
    yield from _groups("confidence", rest, lambda case: [case.confidence])
    yield from _groups("tag", rest, lambda case: sorted(case.tags))
    yield "### Answered otherwise"
    yield ""
    for each in otherwise:
        yield from _entry(each, readings)


def _headline(headline: Sequence[Answered]) -> Iterator[str]:
    told = [each for each in headline if each.case.narrated]
    built = [each for each in headline if not each.case.narrated]
    yield "## Headline"
    yield ""
    yield "| cases | right | of |"
    yield "|---|---|---|"
    yield _row("all", headline)
    yield _row("narrated", told)
    yield _row("built around a rule", built)
    yield ""
    yield from _groups("narrated, by confidence", told, lambda case: [case.confidence])
    yield from _groups("built around a rule, by confidence", built, lambda case: [case.confidence])
    yield from _groups("tag", headline, lambda case: sorted(case.tags))


def _groups(
    title: str, answers: Sequence[Answered], keys: Callable[[Case], Iterable[str]]
) -> Iterator[str]:
    groups: dict[str, list[Answered]] = {}
    for each in answers:
        for key in keys(each.case):
            groups.setdefault(key, []).append(each)
    yield f"| {title} | right | of |"
    yield "|---|---|---|"
    for key, members in sorted(groups.items()):
        yield _row(key, members)
    yield ""


def _row(name: str, answers: Sequence[Answered]) -> str:
    return f"| {name} | {sum(each.right for each in answers)} | {len(answers)} |"


def _entry(each: Answered, readings: Mapping[str, Reading]) -> Iterator[str]:
    case, reading = each.case, readings.get(each.case.id)
    tags = ", ".join(sorted(case.tags))
    yield f"**{case.id}** ({case.authority}, {case.year}, {case.confidence}; {tags})"
    yield ""
    yield f"- published: {shown(case.expected)}"
    yield f"- ours: {shown(each.ours)}"
    if each.reproduced_by:
        yield f"- reproduced by {' or '.join(map(_written, each.reproduced_by))}"
    else:
        yield "- no one or two policy values reproduce it"
    if reading is not None:
        yield f"- why: {reading.why}"
        yield f"- we follow: {reading.we_follow}"
    yield ""


def _written(choice: Choice) -> str:
    return " with ".join(f"`{name}={value}`" for name, value in choice.items())


def main(arguments: Sequence[str]) -> int:
    """Print the report on the cases of a file; 2 without one."""
    if len(arguments) != 1:
        print("usage: python -m benchmarks.accuracy CASES", file=sys.stderr)
        return 2
    answers = answer(read_cases(Path(arguments[0])))
    print("\n".join(report(answers, read_readings())).rstrip())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
