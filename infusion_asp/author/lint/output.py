"""Owns how findings are shown: text that editors read line by line, JSON, and SARIF 2.1.0."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

from infusion_asp import __version__
from infusion_asp.author.lint.catalogue import CHECKS, DOCS
from infusion_asp.author.lint.finding import LEVELS, Finding
from infusion_asp.author.lint.linter import Lint
from infusion_asp.render.sarif import LEVEL, SCHEMA, uri_of

_FINGERPRINT = "ruleFinding/v1"


def as_text(lint: Lint) -> str:
    """Each finding with place, level and id in one line, then its text, help and page."""
    lines = []
    for each in lint.findings:
        lines.append(f"{each.place}: {each.level}: {each.message} [{each.id}]")
        if each.text:
            lines.append(f"    {each.text}")
        if each.help:
            lines.append(f"  help: {each.help}")
        lines.append(f"  see {each.doc}")
    return "\n".join([*lines, _summary(lint)]) + "\n"


def _summary(lint: Lint) -> str:
    where = f"{lint.rules} rules in {len(lint.files)} files"
    if not lint.findings:
        return f"{where}: nothing found"
    counts = Counter(each.level for each in lint.findings)
    said = [f"{counts[level]} {level}{'s' * (counts[level] > 1)}" for level in LEVELS[::-1]]
    said = [text for text, level in zip(said, LEVELS[::-1], strict=True) if counts[level]]
    return f"{where}: {', '.join(said)}"


def as_json(lint: Lint) -> str:
    """All findings as one JSON object."""
    counts = Counter(each.level for each in lint.findings)
    made = {
        "rules": lint.rules,
        "files": list(lint.files),
        "counts": {level: counts[level] for level in LEVELS},
        "findings": [_plain(each) for each in lint.findings],
    }
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "level": finding.level,
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "message": finding.message,
        "text": finding.text,
        "help": finding.help,
        "doc": finding.doc,
        "about": finding.about,
    }


def as_sarif(lint: Lint) -> str:
    """All findings as one SARIF log with one run."""
    ids = sorted({each.id for each in lint.findings})
    index = {id: at for at, id in enumerate(ids)}
    files = {name: at for at, name in enumerate(dict.fromkeys(e.file for e in lint.findings))}
    run = {
        "tool": {
            "driver": {
                "name": "infusion-asp rules lint",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(id) for id in ids],
            }
        },
        "invocations": [{"executionSuccessful": True}],
        "artifacts": [
            {"location": {"uri": uri_of(name)}, "roles": ["analysisTarget"]} for name in files
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, index[each.id], files[each.file]) for each in lint.findings],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(id: str) -> dict[str, Any]:
    check = CHECKS[id]
    return {
        "id": id,
        "shortDescription": {"text": check.title},
        "help": {"text": f"See {DOCS}#{id}", "markdown": f"See [{id}]({DOCS}#{id})"},
        "defaultConfiguration": {"level": LEVEL[check.level]},
    }


def _result(finding: Finding, rule: int, file: int) -> dict[str, Any]:
    text = finding.message + (f"\nhelp: {finding.help}" if finding.help else "")
    region = {
        "startLine": max(finding.line, 1),
        "startColumn": max(finding.column, 1),
        "snippet": {"text": finding.text},
    }
    if not finding.text:
        del region["snippet"]
    place = {
        "artifactLocation": {"uri": uri_of(finding.file), "index": file},
        "region": region,
    }
    key = "\0".join((finding.file, finding.id, finding.about, finding.message))
    return {
        "ruleId": finding.id,
        "ruleIndex": rule,
        "level": LEVEL[finding.level],
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {_FINGERPRINT: hashlib.sha256(key.encode()).hexdigest()},
    }


FORMATS = {"text": as_text, "json": as_json, "sarif": as_sarif}
