"""The result of coding one encounter: lines with reasons, what is not reported, findings."""

from typing import Literal

from pydantic import Field

from infusion_asp.model.base import Frozen, Many
from infusion_asp.model.errors import InputError
from infusion_asp.model.fields import Day

SCHEMA_VERSION: Literal["1"] = "1"

Section = Literal["administration", "neighbour", "drug"]
Level = Literal["info", "warning", "error"]
Risk = Literal["over", "under", "documentation", "none"]
BarKind = Literal["infusion", "push", "hydration", "other"]


class Reason(Frozen):
    """Why something holds: the rule that fired and the reasons of what it needed."""

    rule: str = Field(description="rule id, or empty for a fact of the record")
    sentence: str
    citations: Many[str] = ()
    children: "Many[Reason]" = ()


class UnitBy(Frozen):
    """What earned one unit."""

    administration: str
    minutes: int | None = Field(
        default=None, description="minutes of the service that earned the unit; absent if untimed"
    )


class Line(Frozen):
    """One line of the claim."""

    section: Section = Field(description="administration service, neighbour outside it, or drug")
    code: str
    label: str = Field(description="our own short label, never a publisher's descriptor")
    units: int = Field(ge=1)
    modifiers: Many[str] = ()
    date: Day | None = Field(default=None, description="date of service")
    administrations: Many[str] = ()
    units_by: Many[UnitBy] = Field(default=(), description="one entry for each unit")
    rules: Many[str] = ()
    sentences: Many[str] = ()
    citations: Many[str] = ()
    because: Many[Reason] = ()


class NotReported(Frozen):
    """An administration without a code, and why."""

    administration: str
    kind: Literal["excluded", "no_rule"] = Field(
        description="excluded by a rule, or no rule applies to it"
    )
    rule: str | None = None
    sentence: str
    because: Many[Reason] = ()


class Finding(Frozen):
    """Something the reader should know or cure."""

    rule: str
    level: Level
    risk: Risk
    administrations: Many[str] = ()
    arguments: Many[str] = ()
    sentence: str
    help: str = ""


class AlternativeLine(Frozen):
    """A line that another choice would give."""

    code: str
    units: int = Field(ge=1)
    modifiers: Many[str] = ()
    date: Day | None = None


class Alternative(Frozen):
    """The lines under another reading, and what decides between the two."""

    decided_by: str
    lines: Many[AlternativeLine] = ()


class Bar(Frozen):
    """One administration on the timeline; minutes count from the timeline's start."""

    administration: str
    label: str
    start: int = Field(description="minutes from the start of the timeline")
    stop: int = Field(description="minutes from the start of the timeline; start if unknown")
    kind: BarKind
    code: str = ""


class Row(Frozen):
    """The bars of one access in one visit."""

    access: str
    visit: str
    bars: Many[Bar] = ()


class Timeline(Frozen):
    """The encounter drawn per access; `start` and `end` are ISO 8601 local times."""

    start: str
    end: str
    rows: Many[Row] = ()


class RulebookStamp(Frozen):
    """Which rulebook gave the answer."""

    version: str
    digest: str = Field(description="sha256 over all rule files")


class Result(Frozen):
    """What the rulebook makes of one encounter."""

    schema_version: Literal["1"] = SCHEMA_VERSION
    encounter_id: str
    rulebook: RulebookStamp
    profile: str
    setting: str
    policies: dict[str, str] = Field(default_factory=dict, description="all policies in effect")
    tables: dict[str, str] = Field(default_factory=dict, description="version of each table used")
    lines: Many[Line] = ()
    not_reported: Many[NotReported] = ()
    findings: Many[Finding] = ()
    alternatives: Many[Alternative] = ()
    timeline: Timeline | None = None


class ErrorBody(Frozen):
    """Where a record is wrong (JSON path), what was typed, and help."""

    path: str
    message: str
    help: str = ""


class ErrorRecord(Frozen):
    """Stands in the place of a result whose record could not be read or coded."""

    encounter_id: str | None
    error: ErrorBody

    @classmethod
    def of(cls, encounter_id: str | None, error: InputError) -> "ErrorRecord":
        """The record of `error`; of several errors in one record the first."""
        body = ErrorBody(path=error.path, message=error.message, help=error.help)
        return cls(encounter_id=encounter_id, error=body)
