"""Records that the tests of the encounter view share, and what they look for in html."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from infusion_asp.web.encounter.answer import Answer, answered
from infusion_asp.web.encounter.lanes import Drawn, Lane, drawn
from infusion_asp.web.encounter.state import State

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
ENCOUNTERS = sorted((FIXTURES / "encounters").glob("*.json"))
CLAIMS = sorted((FIXTURES / "claims").glob("*.json"))

DRIP = {"id": "a1", "drug": "ceftriaxone", "route": "intravenous", "start": "2025-03-03T10:00"}


def fixture(name: str) -> dict[str, Any]:
    """A shipped encounter or claim as plain data."""
    path = next(each for each in (*ENCOUNTERS, *CLAIMS) if each.stem == name)
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def record(*administrations: dict[str, Any], **more: Any) -> State:
    """The state of an encounter with these administrations."""
    return State({"encounter_id": "e1", "administrations": list(administrations), **more})


def coded(state: State) -> tuple[Answer, Drawn]:
    """The answer to a state that can be coded, and its lanes."""
    answer = answered(state)
    assert answer.problems == ()
    assert answer.encounter is not None
    return answer, drawn(answer.encounter, answer.parts, answer.result)


def lane_of(found: Drawn, name: str) -> Lane:
    """The lane of an administration."""
    return next(lane for group in found.groups for lane in group.lanes if lane.given.id == name)


class Page(HTMLParser):
    """Every element of a piece of html with its attributes, and the text outside of scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.texts.append(data)

    @property
    def text(self) -> str:
        """All text, blanks joined."""
        return " ".join(" ".join(self.texts).split())

    def having(self, name: str, value: str | None = None) -> list[dict[str, str]]:
        """The attributes of the elements that have an attribute (of a value)."""
        return [
            attributes
            for _, attributes in self.elements
            if name in attributes and value in (None, attributes[name])
        ]

    def of_class(self, name: str) -> list[dict[str, str]]:
        """The attributes of the elements of a class."""
        return [each for each in self.having("class") if name in each["class"].split()]
