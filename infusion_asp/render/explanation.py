"""Owns rendering answers of `explain`: text, Markdown, JSON or JSON lines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from infusion_asp.model import ErrorRecord, Explanation
from infusion_asp.render.environment import environment, filled
from infusion_asp.render.view import LEVELS_SHOWN, cleaned, pruned

FORMATS = ("text", "markdown", "json", "jsonl")
_TEMPLATES = {"text": "explanations.txt.j2", "markdown": "explanations.md.j2"}
_NARROWEST = 60


def render_explanations(
    found: Sequence[Explanation | ErrorRecord],
    form: str,
    *,
    templates: Path | None = None,
    color: bool = False,
    width: int = 80,
    full: bool = False,
    many: bool = False,
) -> str:
    """The explanations as one text in `form`, one of `FORMATS`; `many` makes JSON an array."""
    dumped = [each.model_dump(mode="json") for each in found]
    if form == "json":
        return json.dumps(dumped if many else dumped[0], indent=2, ensure_ascii=False) + "\n"
    if form == "jsonl":
        return "".join(
            json.dumps(each, ensure_ascii=False, separators=(",", ":")) + "\n" for each in dumped
        )
    env = environment(templates, color=color and form == "text")
    views = [_view(cleaned(each), full) for each in dumped]
    text = filled(env, _TEMPLATES[form], results=views, width=max(width, _NARROWEST), full=full)
    return text.strip("\n") + "\n"


def _view(data: dict[str, Any], full: bool) -> dict[str, Any]:
    """What the template sees: an explanation with its reasons cut, or an error."""
    if "error" in data:
        return {**data, "kind": "error", "number": 1}
    depth = None if full else LEVELS_SHOWN
    for why in data["why"]:
        for line in why["lines"]:
            line["because"] = pruned(line["because"], depth)
    for each in data["why_not"]:
        each["because"] = pruned(each["reasons"], depth)
    for edge in data["edges"] or ():
        edge["effect"] = _effect(edge)
        edge["step"] = _step(edge)
        edge["what"] = _what(edge)
    for policy in data["policies"] or ():
        policy["effect"] = _effect(policy)
    return {**data, "kind": "explanation"}


def _effect(data: dict[str, Any]) -> str:
    said = [change["sentence"] for change in data["changes"]]
    by = f" [{', '.join(data['rules'])}]" if data["rules"] else ""
    return f"{', '.join(said)}{by}"


def _step(edge: dict[str, Any]) -> str:
    """The distance as a column shows it: `5 min later`."""
    if edge["distance"] is None:
        return ""
    count = abs(edge["distance"])
    if edge["kind"] == "amount":
        unit = "ml/h" if edge["path"].endswith("per_hr") else "ml"
        return f"{count} {unit} {'more' if edge['distance'] > 0 else 'less'}"
    return f"{count} min {'later' if edge['distance'] > 0 else 'earlier'}"


def _what(edge: dict[str, Any]) -> str:
    """What is changed, from what to what, as a column shows it: `a1 stop 10:47 to 10:43`."""
    subject, _, field = edge["path"].rpartition(".")
    owner, _, pause = subject.partition(".pauses.")
    if pause.isdigit():
        subject = f"{owner} pause {int(pause) + 1}"
    path = f"{subject} {field.replace('_', ' ')}".strip()
    before, after = edge["charted"] or "nothing", edge["value"] or "nothing"
    if edge["kind"] == "time":
        day, _, clock = after.partition("T")
        known, _, was = before.partition("T")
        return f"{path} {was} to {clock if day == known else f'{day} {clock}'}"
    return f"{path}: {before.replace('_', ' ')} to {after.replace('_', ' ')}"
