"""Owns SARIF 2.1.0: findings as results, with their rules and their places in the input files."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from infusion_asp import __version__
from infusion_asp.model.result import ErrorRecord, Result
from infusion_asp.model.verification import Verification
from infusion_asp.render.addresses import page_of
from infusion_asp.render.issues import Issue, issues, named
from infusion_asp.render.positions import Place
from infusion_asp.render.source import Lines, Source
from infusion_asp.render.view import Shown

if TYPE_CHECKING:
    from infusion_asp.rulebook import Rule, Rulebook

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVEL = {"error": "error", "warning": "warning", "info": "note"}
_FINGERPRINT = "encounterFinding/v1"
_CHOICE = re.compile(r"""{{\s*(["'])[^"']*\1 if .*? else (["'])([^"']*)\2\s*}}""")
_LITERAL = re.compile(r"""{{\s*(["'])([^"']*)\1 .*?}}""")
_VARIABLE = re.compile(r"{{\s*(\w+).*?}}")
_OTHERWISE = re.compile(r"{%-?\s*(?:else|elif).*?{%-?\s*endif\s*-?%}", re.DOTALL)
_STATEMENT = re.compile(r"{%.*?%}")

Json = dict[str, Any]


def sarif(
    results: Sequence[Shown],
    sources: Iterable[Source],
    rulebook: Rulebook | None,
    pages: str = "",
) -> str:
    """The results as one SARIF log with one run; `rulebook` has the texts of the rules, `pages` is
    the address of theirs."""
    rows: list[tuple[Shown, Source | None]] = []
    found = iter(sources)
    for each in results:
        rows.append((each, next(found, None)))
    told = [
        (result, source, issue)
        for result, source in rows
        if not isinstance(result, ErrorRecord)
        for issue in issues(result)
    ]
    firsts: dict[str, Issue] = {}
    for _, _, issue in told:
        firsts.setdefault(issue.rule, issue)
    index = {rule: at for at, rule in enumerate(sorted(firsts))}
    files = _Files(source for _, source in rows)
    written = {} if rulebook is None else {rule.id: rule for rule in rulebook.rules}
    run = {
        "tool": {
            "driver": {
                "name": "infusion-asp",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(firsts[each], written.get(each), pages) for each in index],
                "properties": _rulebooks(results),
            }
        },
        "invocations": [_invocation(rows, files)],
        "artifacts": files.artifacts(),
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(result.encounter_id or "", source, issue, index[issue.rule], files)
            for result, source, issue in told
        ],
        "properties": {
            "encounters": [_coded(each) for each in results if not isinstance(each, ErrorRecord)]
        },
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


class _Files:
    """The files of a run: their addresses, and the lines of places in them."""

    def __init__(self, sources: Iterable[Source | None]) -> None:
        names = [each.file for each in sources if each is not None and each.file is not None]
        self.index = {name: index for index, name in enumerate(dict.fromkeys(names))}
        self.lines = Lines()

    def artifacts(self) -> list[Json]:
        """One entry for each file."""
        return [
            {"location": {"uri": uri_of(name)}, "roles": ["analysisTarget"]} for name in self.index
        ]

    def location(self, source: Source | None, place: Place, name: str) -> Json:
        """A place by file and line, and by its JSON path."""
        path = "$" if source is None else source.path(place)
        logical = {"name": name, "fullyQualifiedName": path, "kind": "object"}
        found: Json = {"logicalLocations": [logical]}
        if source is not None and source.file is not None:
            uri = {"uri": uri_of(source.file), "index": self.index[source.file]}
            region = {"startLine": self.lines.line(source, place)}
            found["physicalLocation"] = {"artifactLocation": uri, "region": region}
        return found


def _result(
    encounter: str, source: Source | None, issue: Issue, rule_index: int, files: _Files
) -> Json:
    text = issue.message + (f"\nhelp: {issue.help}" if issue.help else "")
    places: list[tuple[Place, str]] = [
        (("billed", index - 1), f"billed line {index}") for index in issue.billed
    ]
    for name in issue.administrations:
        if source is None or source.place_of(name):
            places.append(((), name) if source is None else (source.place_of(name), name))
    first, *others = [
        files.location(source, place, name) for place, name in places or [((), encounter)]
    ]
    properties: Json = {"encounterId": encounter, "risk": issue.risk}
    if issue.amount is not None:
        properties["amount"] = float(issue.amount)
    for key in ("codes", "administrations", "arguments", "citations"):
        if getattr(issue, key):
            properties[key] = list(getattr(issue, key))
    result: Json = {
        "ruleId": issue.rule,
        "ruleIndex": rule_index,
        "level": LEVEL[issue.level],
        "message": {"text": text},
        "locations": [first],
        "partialFingerprints": {_FINGERPRINT: _fingerprint(encounter, issue)},
        "properties": properties,
    }
    if others:
        result["relatedLocations"] = [{"id": at, **each} for at, each in enumerate(others, start=1)]
    return result


def _rule(issue: Issue, rule: Rule | None, pages: str) -> Json:
    """The rule of a finding; what its header lacks comes from the first finding."""
    title = rule.title if rule else issue.rule.replace("_", " ")
    sentence = _prose(rule.sentence) if rule else ""
    help = (_prose(rule.help) if rule else "") or issue.help or sentence or title
    cites = list(dict.fromkeys((*(rule.cites if rule else ()), *issue.citations)))
    sources = f"Sources: {', '.join(cites)}" if cites else ""
    level = rule.level if rule and rule.level in LEVEL else issue.level
    made: Json = {
        "id": issue.rule,
        "shortDescription": {"text": title},
        "help": {
            "text": "\n".join(each for each in (help, sources) if each),
            "markdown": "\n\n".join(each for each in (help, sources) if each),
        },
        "defaultConfiguration": {"level": LEVEL[level]},
        "properties": {
            "tags": [issue.risk],
            "citations": cites,
            "implements": list(rule.implements) if rule else [],
        },
    }
    if sentence:
        made["fullDescription"] = {"text": sentence}
    if pages:
        made["helpUri"] = page_of(pages, issue.rule)
    return made


def _invocation(rows: Iterable[tuple[Shown, Source | None]], files: _Files) -> Json:
    """What was refused, and which rules a claim gave no facts for."""
    notes: list[Json] = []
    refused = False
    for number, (result, source) in enumerate(rows, start=1):
        name = result.encounter_id or f"record {number}"
        if isinstance(result, ErrorRecord):
            refused = True
            help = f"\nhelp: {result.error.help}" if result.error.help else ""
            text = f"{result.error.path}: {result.error.message}{help}"
            notes.append(_notification("error", text, files.location(source, (), name)))
        elif isinstance(result, Verification) and result.not_evaluated:
            text = f"not evaluated, no facts for them: {', '.join(result.not_evaluated)}"
            notes.append(_notification("note", text, files.location(source, (), name)))
    return {"executionSuccessful": not refused, "toolExecutionNotifications": notes}


def _notification(level: str, text: str, location: Json) -> Json:
    return {"level": level, "message": {"text": text}, "locations": [location]}


def _coded(result: Result | Verification) -> Json:
    """What an encounter came to: the verdict on its claim, and the lines that it supports."""
    made: Json = {"encounterId": result.encounter_id}
    if isinstance(result, Verification):
        made["verdict"] = result.verdict
        made["over"], made["under"] = float(result.over), float(result.under)
        if result.rates is not None:
            made["rates"] = result.rates.model_dump(mode="json")
        made["billed"] = [
            {"code": named(line), "units": line.units, "status": line.status}
            for line in result.billed
        ]
    lines = result.supported if isinstance(result, Verification) else result.lines
    made["supported"] = [{"code": named(line), "units": line.units} for line in lines]
    return made


def _rulebooks(results: Iterable[Shown]) -> Mapping[str, str]:
    for each in results:
        if not isinstance(each, ErrorRecord):
            return {
                "rulebookVersion": each.rulebook.version,
                "rulebookDigest": each.rulebook.digest,
            }
    return {}


def _fingerprint(encounter: str, issue: Issue) -> str:
    """Equal for the same finding of the same encounter in another run."""
    parts = [encounter, issue.rule, *issue.codes, *issue.administrations, *issue.arguments]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _prose(template: str) -> str:
    """The template of a sentence for a reader: variables by name, the first branch of each if."""
    text = _LITERAL.sub(r"\2", _CHOICE.sub(r"\3", _OTHERWISE.sub("", template)))
    text = _VARIABLE.sub(r"[\1]", text)
    return " ".join(_STATEMENT.sub("", text).split())


def uri_of(name: str) -> str:
    """A file as a URI: relative as typed, absolute with its scheme."""
    path = Path(name)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))
