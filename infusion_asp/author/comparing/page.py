"""Owns the pages of a comparison: text, Markdown, HTML and JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from infusion_asp.author.comparing.report import Difference, Report
from infusion_asp.render.environment import environment

TEMPLATES = {"text": "diff.txt.j2", "markdown": "diff.md.j2", "html": "diff.html.j2"}
FORMATS = (*TEMPLATES, "json")


def page(report: Report, form: str, width: int = 80) -> str:
    """The comparison in one of FORMATS."""
    if form == "json":
        return json.dumps(report.plain(), indent=2, ensure_ascii=False) + "\n"
    template = environment(None, color=False).get_template(TEMPLATES[form])
    differences = [_shown(each, report.names) for each in report.differences]
    return template.render(report=report, differences=differences, width=width).lstrip() + "\n"


def _shown(each: Difference, names: tuple[str, str]) -> dict[str, Any]:
    old, new = _side(each.old), _side(each.new)
    return {
        "words": each.words,
        "policies": each.policies,
        "profile": each.profile,
        "json": json.dumps(each.encounter, indent=2, ensure_ascii=False),
        "sides": [(names[0], old), (names[1], new)],
    }


def _side(result: Mapping[str, Any]) -> dict[str, Any]:
    if "error" in result:
        return {"error": result["error"]}
    lines = [
        {"said": _claim(line), "sentences": _reasons(line)} for line in result.get("lines", ())
    ]
    rest = [f"{each['rule']}: {each['sentence']}" for each in result.get("findings", ())]
    rest += [
        f"{each['administration']} not reported: {each['sentence']}"
        for each in result.get("not_reported", ())
    ]
    return {"error": "", "lines": lines, "rest": rest}


def _claim(line: Mapping[str, Any]) -> str:
    text = f"{line['code']} x{line['units']}"
    if line["modifiers"]:
        text += f" [{', '.join(line['modifiers'])}]"
    return f"{text} on {line['date']}" if line["date"] else text


def _reasons(line: Mapping[str, Any]) -> list[str]:
    """The sentences of a line, and one level below."""
    found = list(line["sentences"])
    found += [child["sentence"] for tree in line["because"] for child in tree["children"]]
    return [each for each in dict.fromkeys(found) if each]
