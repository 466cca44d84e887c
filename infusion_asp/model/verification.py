"""The result of verifying a claim: a verdict per billed line, what is missing, repair, money."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer

from infusion_asp.model.base import Frozen, Many
from infusion_asp.model.fields import Day
from infusion_asp.model.result import Level, Line, Reason, Risk, RulebookStamp, Section, Timeline

VERIFICATION_VERSION: Literal["1"] = "1"

Dollars = Annotated[
    Decimal, PlainSerializer(float, return_type=float, when_used="json"), Field(decimal_places=2)
]
"""US dollars; a number in JSON."""

Verdict = Literal["supported", "differs", "not_evaluable"]
Status = Literal["supported", "wrong_units", "wrong_code", "not_supported", "not_evaluable"]
QueryKind = Literal["stop", "access", "order", "hydration_reason", "primary_reason"]


class ClaimLine(Frozen):
    """Code, units, modifiers and date of a line, as billed or as it should be."""

    code: str
    units: int = Field(ge=1)
    modifiers: Many[str] = ()
    date: Day | None = None


class BilledVerdict(Frozen):
    """What the record makes of one billed line."""

    index: int = Field(ge=1, description="place in billed[], from 1")
    section: Section | None = Field(default=None, description="absent for a code we do not know")
    code: str
    label: str = ""
    units: int = Field(ge=1)
    modifiers: Many[str] = ()
    date: Day | None = None
    status: Status
    supported_units: int | None = Field(
        default=None, ge=0, description="absent where nothing can be said about units"
    )
    rules: Many[str] = Field(default=(), description="the rules that decide, most specific first")
    administrations: Many[str] = ()
    correct: ClaimLine | None = Field(
        default=None, description="the line that the record supports in its place"
    )
    amount: Dollars | None = Field(
        default=None, description="paid over the supported amount; negative where underpaid"
    )


class MissedLine(Frozen):
    """A supported line that the claim does not bill."""

    section: Section
    code: str
    label: str
    units: int = Field(ge=1, description="units that are not billed")
    modifiers: Many[str] = ()
    date: Day | None = None
    administrations: Many[str] = ()
    rule: str
    sentence: str
    amount: Dollars | None = None


class ClaimFinding(Frozen):
    """A difference between claim and record, or something about either that needs a person."""

    rule: str
    level: Level
    risk: Risk
    code: str | None = None
    billed: Many[int] = Field(default=(), description="indexes of the billed lines, from 1")
    administrations: Many[str] = ()
    arguments: Many[str] = ()
    message: str
    help: str = ""
    citations: Many[str] = ()
    amount: Dollars | None = Field(
        default=None, description="at risk: positive, over- or underpaid as risk says"
    )
    because: Many[Reason] = ()


class Edit(Frozen):
    """One change to one line of the claim."""

    action: Literal["add", "remove", "change_units", "change_code", "change_modifiers"]
    index: int | None = Field(default=None, description="the billed line; absent when one is added")
    before: ClaimLine | None = None
    after: ClaimLine | None = None
    rule: str = ""
    amount: Dollars | None = Field(
        default=None, description="change in payment: negative is money to give back"
    )


class ClinicianQuery(Frozen):
    """A question whose answer could support the claim; it does not lead the answer."""

    kind: QueryKind
    administrations: Many[str] = ()
    question: str
    would_support: str = Field(description="what of the claim an answer could support")


class Reading(Frozen):
    """One way to read the billed lines as roles of services, and the rules that it breaks."""

    roles: dict[str, str] = Field(description="role by administration")
    broken: Many[str] = Field(default=(), description="rule ids")
    sentences: Many[str] = ()


class Rates(Frozen):
    """The table that amounts come from."""

    source: Literal["opps", "physician_fee_schedule"]
    year: int
    note: str = ""


class Verification(Frozen):
    """What the rulebook makes of one claim."""

    schema_version: Literal["1"] = VERIFICATION_VERSION
    encounter_id: str
    rulebook: RulebookStamp
    profile: str
    setting: str
    policies: dict[str, str] = Field(default_factory=dict)
    tables: dict[str, str] = Field(default_factory=dict)
    verdict: Verdict
    billed: Many[BilledVerdict] = ()
    missed: Many[MissedLine] = ()
    findings: Many[ClaimFinding] = ()
    repair: Many[Edit] = ()
    repair_toward: str = Field(
        default="", description="what decides for the supported lines repaired toward; empty: none"
    )
    queries: Many[ClinicianQuery] = ()
    readings: Many[Reading] = Field(default=(), description="only where asked for in full")
    not_evaluated: Many[str] = Field(
        default=(), description="ids of rules that the claim gives no facts for"
    )
    supported: Many[Line] = Field(default=(), description="the lines of the record itself")
    timeline: Timeline | None = None
    rates: Rates | None = None
    over: Dollars = Decimal(0)
    under: Dollars = Decimal(0)
