"""The input: one encounter as RULES.md section 1 describes it, strict and frozen."""

from collections.abc import Iterator
from datetime import datetime
from typing import Self

from pydantic import Field, model_validator

from infusion_asp.model import fields as f
from infusion_asp.model.base import Input, Many, refused
from infusion_asp.model.references import problems_of

MOST_ADMINISTRATIONS = 2000


class Access(Input):
    """One catheter or other way into the body, however many lumens it has."""

    id: f.Id
    kind: f.AccessKind = "peripheral"
    medically_necessary: bool | None = Field(
        default=None, description="the record says that this access was needed"
    )
    reason: f.Note | None = Field(default=None, description="why it was placed, as charted")
    need: f.Need | None = Field(default=None, description="the sort of need for it")
    replaces: f.Id | None = Field(
        default=None, description="id of the access that it took over from"
    )


class Visit(Input):
    """One stay without leaving; two visits mean that the patient left and came back."""

    id: f.Id
    arrival: f.Clock | None = None
    departure: f.Clock | None = None


class Pause(Input):
    """A stretch in which the drug did not run."""

    start: f.Clock
    stop: f.Clock


class Administration(Input):
    """One charted giving of a drug or fluid; volume and rate as charted, not as ordered."""

    id: f.Id
    drug: f.Text | None = Field(default=None, description="name as charted")
    mix: Many[f.Text] = Field(
        default=(), max_length=50, description="all drugs in this bag or syringe"
    )
    hcpcs: f.ServiceCode | None = Field(default=None, description="code of the drug")
    category: f.Category | None = Field(
        default=None, description="class of the whole bag; absent: looked up"
    )
    route: f.Route | None = Field(default=None, description="absent only for an implanted pump")
    method: f.Method | None = Field(default=None, description="absent: from route and chart")
    access: f.Id | None = Field(default=None, description="absent: the first that fits the route")
    visit: f.Id | None = Field(default=None, description="absent: the first")
    start: f.Clock | None = None
    stop: f.Clock | None = None
    pauses: Many[Pause] = Field(default=(), max_length=500)
    last_charted: f.Clock | None = Field(default=None, description="last time charted as running")
    volume_ml: f.Amount | None = Field(default=None, description="millilitres, as charted")
    rate_ml_per_hr: f.Amount | None = Field(
        default=None, description="millilitres an hour, as charted"
    )
    dose: f.Amount | None = Field(default=None, description="in dose_unit")
    dose_unit: f.Text | None = None
    wasted: f.Amount | None = Field(
        default=None, description="discarded, in dose_unit; 0 says that nothing was"
    )
    purpose: f.Purpose | None = None
    same_bag_as: f.Id | None = Field(
        default=None, description="id of an administration from the same bag or syringe"
    )
    integral_to: f.Text | None = Field(
        default=None, description="a procedure code, or the id of an administration"
    )
    ordered: bool | None = Field(default=None, description="false: no order was found")
    started_before_arrival: bool = False
    lesions: int | None = Field(default=None, ge=1, le=1000, description="intralesional: number")
    reduced: bool = Field(default=False, description="part of the service was done elsewhere")
    discontinued: bool = Field(default=False, description="stopped early for a reaction")
    pump_owner: f.PumpOwner | None = None
    container: f.Container | None = None
    delivery: f.Delivery | None = None
    flushed_before: bool | None = None
    indication: f.Indication | None = None
    counselled: bool | None = None
    order_reason: f.Note | None = None
    notes: f.Note | None = None
    origin: f.Text | None = Field(
        default=None, description="file and place that it was read from; decides nothing"
    )

    @property
    def name(self) -> str:
        """The drug as charted, else the members of the mix, else the code."""
        return self.drug or " + ".join(self.mix) or self.hcpcs or self.id


class OtherService(Input):
    """Anything else on the claim."""

    code: f.ServiceCode
    units: f.Count = 1
    modifiers: Many[f.Modifier] = Field(default=(), max_length=10)


class BilledLine(Input):
    """One line of a claim to verify."""

    code: f.ServiceCode
    units: f.Count = 1
    modifiers: Many[f.Modifier] = Field(default=(), max_length=10)
    date: f.Day | None = None
    ndc: f.Text | None = Field(
        default=None, description="drug code on the claim, eleven digits; decides nothing"
    )
    ndc_quantity: f.Amount | None = Field(default=None, description="in ndc_unit")
    ndc_unit: f.Text | None = Field(default=None, description="F2, GR, ME, ML or UN")
    origin: f.Text | None = Field(
        default=None, description="file and place that it was read from; decides nothing"
    )


class Encounter(Input):
    """One encounter: what was given, when, through what, and what else is on the claim.

    Times are either all local (no offset) or all with an offset. Build it from untrusted data
    with `parse_encounter`, whose errors carry the JSON path and the value.
    """

    encounter_id: f.Id
    setting: f.Setting = "facility"
    payer: f.Text = Field(default="cpt", description="name of a profile")
    place_of_service: f.Place | None = None
    type_of_bill: f.Text | None = Field(
        default=None, description="of an institutional claim, without its zero; decides nothing"
    )
    primary_reason: f.Id | None = Field(
        default=None, description="id of the administration that is the main reason"
    )
    arrival: f.Clock | None = None
    departure: f.Clock | None = None
    inpatient_order: f.Clock | None = None
    diagnoses: Many[f.Text] = Field(default=(), max_length=500, description="ICD-10 codes")
    accesses: Many[Access] = Field(
        default=(), max_length=200, description="none: one peripheral access"
    )
    visits: Many[Visit] = Field(default=(), max_length=200, description="none: one visit")
    administrations: Many[Administration] = Field(default=(), max_length=MOST_ADMINISTRATIONS)
    other_services: Many[OtherService] = Field(default=(), max_length=2000)
    billed: Many[BilledLine] = Field(default=(), max_length=5000)

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Self:
        problems = problems_of(self)
        if problems:
            first = problems[0]
            error = refused(first.kind, first.message, first.help)
            if error.context is not None:
                error.context["problems"] = problems
            raise error
        return self

    def times(self) -> Iterator[tuple[tuple[str | int, ...], datetime]]:
        """Every charted clock time with its place in the document, in document order."""
        for name in ("arrival", "departure", "inpatient_order"):
            yield from _some((name,), getattr(self, name))
        for i, visit in enumerate(self.visits):
            yield from _some(("visits", i, "arrival"), visit.arrival)
            yield from _some(("visits", i, "departure"), visit.departure)
        for i, given in enumerate(self.administrations):
            for name in ("start", "stop"):
                yield from _some(("administrations", i, name), getattr(given, name))
            for j, pause in enumerate(given.pauses):
                place = ("administrations", i, "pauses", j)
                yield (*place, "start"), pause.start
                yield (*place, "stop"), pause.stop
            yield from _some(("administrations", i, "last_charted"), given.last_charted)


def _some(
    place: tuple[str | int, ...], value: datetime | None
) -> Iterator[tuple[tuple[str | int, ...], datetime]]:
    if value is not None:
        yield place, value
