"""The answers of `explain`: why, why not, how near an edge, which policies, what if."""

from typing import Literal

from pydantic import Field

from infusion_asp.model.base import Frozen, Many
from infusion_asp.model.result import Line, Reason, RulebookStamp, Section
from infusion_asp.model.verification import ClaimLine

EXPLANATION_VERSION: Literal["1"] = "1"

Case = Literal["reported", "reported_elsewhere", "near", "no_rule", "far"]
EdgeKind = Literal["time", "amount", "attribute"]


class LineChange(Frozen):
    """One line before and after a change; `before` absent: it comes, `after` absent: it goes."""

    section: Section
    before: ClaimLine | None = None
    after: ClaimLine | None = None
    sentence: str = Field(description="what happens to the line, such as a unit that falls away")


class Edge(Frozen):
    """The nearest change of one time, amount or attribute in one direction that alters lines."""

    path: str = Field(description="what is changed, as for --what-if: `a1.stop`")
    kind: EdgeKind
    administration: str | None = None
    charted: str | None = Field(default=None, description="as charted; absent: nothing is")
    value: str | None = Field(default=None, description="where the lines change; absent: taken out")
    distance: int | None = Field(
        default=None, description="minutes (or millilitres) from what is charted, signed"
    )
    rules: Many[str] = Field(default=(), description="rules behind the lines that change")
    changes: Many[LineChange] = ()
    sentence: str


class PolicyEdge(Frozen):
    """A policy of which another value would change the lines."""

    policy: str
    value: str = Field(description="in effect")
    other: str
    who_says_what: str = Field(description="which authority asks for which value")
    default: str
    rules: Many[str] = Field(default=(), description="rules that ask for one of the two values")
    changes: Many[LineChange] = ()
    sentence: str


class Assignment(Frozen):
    """One change of the record that was asked for."""

    path: str
    before: str | None = None
    after: str | None = None


class WhatIf(Frozen):
    """The lines of the record as it is, and as it would be."""

    assignments: Many[Assignment]
    before: Many[Line] = ()
    after: Many[Line] = ()
    changes: Many[LineChange] = ()
    new_findings: Many[str] = Field(default=(), description="findings that the change brings")
    gone_findings: Many[str] = ()


class Why(Frozen):
    """Why a code is reported: its lines, with whole proofs."""

    code: str
    label: str
    lines: Many[Line]


class Condition(Frozen):
    """Something that a rule asks for and the record does not give."""

    condition: str = Field(description="what is asked for, in words")
    literal: str = Field(description="the same as the rule says it, its variables filled in")
    found: Many[str] = Field(default=(), description="what the record has instead")
    administration: str | None = None


class NearMiss(Frozen):
    """A rule that came within one or two conditions of reporting the code."""

    rule: str
    title: str
    citations: Many[str] = ()
    administrations: Many[str] = ()
    missing: Many[Condition]
    sentence: str


class WhyNot(Frozen):
    """Why a code is not reported, or not for this administration."""

    code: str
    label: str
    administration: str | None = None
    case: Case
    sentence: str
    elsewhere: Many[str] = Field(default=(), description="where it, or the service, is reported")
    reasons: Many[Reason] = ()
    near: Many[NearMiss] = ()
    rules: Many[str] = Field(default=(), description="rules that can report the code at all")


class Explanation(Frozen):
    """What was asked about one encounter; what was not asked for is absent."""

    schema_version: Literal["1"] = EXPLANATION_VERSION
    encounter_id: str
    rulebook: RulebookStamp
    profile: str
    setting: str
    lines: Many[Line] = Field(default=(), description="the lines that are explained")
    why: Many[Why] = ()
    why_not: Many[WhyNot] = ()
    edges: Many[Edge] | None = None
    policies: Many[PolicyEdge] | None = None
    what_if: WhatIf | None = None
