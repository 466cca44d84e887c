"""Owns JUnit XML of rule tests: a suite for each file, a test case for each case."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from infusion_asp.author.testing.running import Outcome
from infusion_asp.author.testing.sides import shown

_UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(outcomes: Sequence[Outcome]) -> str:
    """The outcomes as JUnit XML."""
    files: dict[str, list[Outcome]] = {}
    for each in outcomes:
        files.setdefault(each.case.file, []).append(each)
    root = Xml.Element("testsuites", name="infusion-asp rules test")
    _count(root, outcomes)
    for file, members in files.items():
        suite = Xml.SubElement(root, "testsuite", name=file, file=file)
        _count(suite, members)
        for each in members:
            case = Xml.SubElement(
                suite, "testcase", name=_plain(each.case.name), classname=_plain(file)
            )
            if not each.passed:
                said = "; ".join(fell.kind for fell in each.failures)
                failure = Xml.SubElement(case, "failure", message=_plain(said), type="rules")
                failure.text = _plain(shown(each))
    Xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(root, encoding="unicode")}\n'


def _count(element: Xml.Element[str], outcomes: Sequence[Outcome]) -> None:
    element.set("tests", str(len(outcomes)))
    element.set("failures", str(sum(not each.passed for each in outcomes)))
    element.set("errors", "0")


def _plain(text: str) -> str:
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
