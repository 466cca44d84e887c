"""Owns JUnit XML: a suite for each encounter, a test case for each line, finding and open rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

from infusion_asp.model.result import ErrorRecord, Result
from infusion_asp.model.verification import Verification
from infusion_asp.render.claim_view import rates
from infusion_asp.render.issues import Issue, issues, named, of_line, told_of
from infusion_asp.render.source import Source
from infusion_asp.render.view import LEVELS, Shown

_UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class _Case:
    """One test case: `outcome` is empty where it passed, else the element that says why not."""

    name: str
    outcome: str = ""
    kind: str = ""
    message: str = ""
    text: str = ""


def junit(results: Sequence[Shown], sources: Iterable[Source], fail_on: str | None) -> str:
    """The results as JUnit XML; findings of the level `fail_on` or a higher one are failures.

    Without `fail_on` it is warning for claims and error for coded records, as on the command line.
    """
    found = iter(sources)
    root = Xml.Element("testsuites", name="infusion-asp")
    total = dict.fromkeys(("tests", "failures", "errors"), 0)
    for number, each in enumerate(results, start=1):
        suite = _suite(each, next(found, None), number, fail_on)
        for name in total:
            total[name] += int(suite.get(name, "0"))
        root.append(suite)
    for name, count in total.items():
        root.set(name, str(count))
    Xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(root, encoding="unicode")}\n'


def _suite(
    result: Shown, source: Source | None, number: int, fail_on: str | None
) -> Xml.Element[str]:
    name = result.encounter_id or f"record {number}"
    cases = list(_cases(result, fail_on))
    suite = Xml.Element("testsuite", name=_plain(name))
    counted = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    suite.set("tests", str(len(cases)))
    for key, outcome in counted.items():
        suite.set(key, str(sum(1 for each in cases if each.outcome == outcome)))
    if source is not None and source.file is not None:
        suite.set("file", _plain(source.file))
    if not isinstance(result, ErrorRecord):
        properties = Xml.SubElement(suite, "properties")
        for key, value in _properties(result):
            Xml.SubElement(properties, "property", name=key, value=_plain(value))
    for each in cases:
        case = Xml.SubElement(suite, "testcase", name=_plain(each.name), classname=_plain(name))
        if each.outcome:
            attributes = {"message": _plain(each.message)}
            if each.kind:
                attributes["type"] = _plain(each.kind)
            Xml.SubElement(case, each.outcome, attributes).text = _plain(each.text) or None
        elif each.text:
            Xml.SubElement(case, "system-out").text = _plain(each.text)
    return suite


def _properties(result: Result | Verification) -> list[tuple[str, str]]:
    found = [
        ("profile", result.profile),
        ("setting", result.setting),
        ("rulebook", f"{result.rulebook.version} {result.rulebook.digest}"),
    ]
    if isinstance(result, Verification):
        found.append(("verdict", result.verdict))
        found += [("over", f"{result.over:.2f}"), ("under", f"{result.under:.2f}")]
        if result.rates is not None:
            found += [("rates", rates(result)), ("rates note", result.rates.note)]
    return found


def _cases(result: Shown, fail_on: str | None) -> Iterable[_Case]:
    if isinstance(result, ErrorRecord):
        body = result.error
        text = f"at {body.path}" + (f"\n{body.help}" if body.help else "")
        yield _Case("record", "error", "refused", body.message, text)
        return
    told = issues(result)
    fails = fail_on or ("warning" if isinstance(result, Verification) else "error")
    if isinstance(result, Result):
        yield from (
            _Case(f"{named(line)} with {line.units}", text=line.label) for line in result.lines
        )
        yield from (_of_issue(each, fails) for each in told)
        return
    for line in result.billed:
        own = [each for each in told if of_line(each, line.index)]
        if own:
            yield from (_of_issue(each, fails, f"line {line.index}: ") for each in own)
        elif line.status == "not_evaluable":
            yield _Case(f"line {line.index}: {named(line)}", "skipped", message=told_of(line))
        else:
            yield _Case(f"line {line.index}: {named(line)}", text=told_of(line))
    lines = {line.index for line in result.billed}
    for each in told:
        if each.documentation or not (each.billed and each.billed[0] in lines):
            yield _of_issue(each, fails)
    for rule in result.not_evaluated:
        yield _Case(rule, "skipped", message="not evaluated: the claim gives no facts for it")


def _of_issue(issue: Issue, fails: str, where: str = "") -> _Case:
    codes = " ".join(issue.codes or issue.administrations)
    name = f"{where}{codes} {issue.rule}".strip()
    amount = "" if issue.amount is None else f" ${abs(issue.amount):,.2f}"
    parts = [
        issue.level + ("" if issue.risk == "none" else f", {issue.risk}{amount}"),
        issue.message,
        f"help: {issue.help}" if issue.help else "",
        f"rule: {', '.join((issue.rule, *issue.citations))}",
        f"administrations: {', '.join(issue.administrations)}" if issue.administrations else "",
    ]
    text = "\n".join(each for each in parts if each)
    if fails in LEVELS and LEVELS.index(issue.level) <= LEVELS.index(fails):
        return _Case(name, "failure", issue.rule, issue.message, text)
    return _Case(name, text=text)


def _plain(text: str) -> str:
    """`text` without the characters that XML can't hold."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
