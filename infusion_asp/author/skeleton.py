"""Owns the skeleton of a new rule and its test: both run as they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from infusion_asp.rulebook import Rulebook
from infusion_asp.rulebook.reading import LAYERS

_ID = re.compile(r"^[a-z][a-z0-9_]*$")
_RULE = """\
% Owns {words}: say here in one line what the rules of this file decide.

% @rule {id}
% title: {title}
{implements}% sentence: {{{{ Bag | name }}}} is an infusion of {{{{ Minutes }}}} minutes
% help: say here what would cure it
% cites: RULES:T4
% level: info
% risk: documentation
finding({id}, Bag, Minutes) :-
    technique(Bag, infusion),
    bag_minutes(Bag, Minutes).
"""
_TEST = """\
# {id}: a value on each side of every limit.
- name: an infusion of 16 minutes is found
  given: {{a1: ceftriaxone 09:00-09:16}}
  findings: [{id} a1 16]
- name: a push of 15 minutes is not
  given: {{a1: ceftriaxone 09:00-09:15}}
  no_findings: [{id}]
"""


class NoSkeleton(ValueError):  # noqa: N818
    """A rule that cannot be begun here: what is wrong, and the way out."""

    def __init__(self, message: str, help: str) -> None:
        self.message, self.help = message, help
        super().__init__(message)


@dataclass(frozen=True)
class Skeleton:
    """The two files of a new rule."""

    rule: Path
    test: Path


def begin(book: Rulebook, id: str, *, title: str, overlay: Path | None, layer: str) -> Skeleton:
    """Write a rule and its test: into an overlay, or into the rulebook of the checkout."""
    if not _ID.match(id):
        cure = "an id is a lower-case letter, then letters, digits and underscores"
        raise NoSkeleton(f"'{id}' is no rule id", cure)
    taken = next((rule for rule in book.rules if rule.id == id), None)
    if taken is not None:
        said = f"rule id '{id}' is taken by {taken.file}:{taken.line}"
        raise NoSkeleton(said, "choose another; 'replaces: id' in a header switches a rule off")
    made = _places(id, overlay, layer)
    for path in (made.rule, made.test):
        if path.exists():
            raise NoSkeleton(f"'{path}' is there already", "add the rule to it by hand")
    words = id.replace("_", " ")
    shown = {"id": id, "words": words, "title": title or words.capitalize()}
    shown["implements"] = "" if overlay is not None else "% implements: T4\n"
    for path, text in ((made.rule, _RULE), (made.test, _TEST)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(**shown), encoding="utf-8")
    return made


def _places(id: str, overlay: Path | None, layer: str) -> Skeleton:
    if overlay is not None:
        if overlay.is_file():
            raise NoSkeleton(f"'{overlay}' is a file", "name a directory for rules of your own")
        return Skeleton(overlay / f"{id}.lp", overlay / "tests" / f"{id}.yaml")
    if layer not in LAYERS:
        raise NoSkeleton(f"no layer '{layer}'", f"one of {', '.join(LAYERS)}")
    logic, tests = Path("logic"), Path("tests") / "rules"
    if not (logic / layer).is_dir() or not tests.is_dir():
        said = "the shipped rules are no place for rules of your own"
        raise NoSkeleton(said, "name a directory for them: --rules DIR")
    return Skeleton(logic / layer / f"{id}.lp", tests / f"{id}.yaml")
