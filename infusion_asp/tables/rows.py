"""The row types of the data tables: frozen values, amounts as exact decimals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A billing code: own label, section and the settings in which it may be reported."""

    code: str
    label: str
    family: str
    role: str
    section: str
    facility_ok: str
    professional_ok: str
    professional_ok_in_facility_pos: str
    allowed_parents: tuple[str, ...]
    opps_si: str
    opps_apc: str
    date_from: date | None
    date_to: date | None
    certainty: str


@dataclass(frozen=True, slots=True)
class DrugRow:
    """A drug of the table; `key` is the same for all rows that are the same drug."""

    key: str
    generic: str
    brands: tuple[str, ...]
    aliases: tuple[str, ...]
    hcpcs: str
    billing_amount: Decimal | None
    billing_unit: str
    other_amount: Decimal | None
    other_unit: str
    routes: frozenset[str]
    container: str
    category: str
    alt_category: str
    own_administration: tuple[str, ...]
    opps_si: str
    payment_limit: Decimal | None
    certainty: str


@dataclass(frozen=True, slots=True)
class PtpRow:
    """An NCCI pair: column 2 is not paid beside column 1 (indicator 1: with a modifier)."""

    column1: str
    column2: str
    indicator: str
    setting: str
    effective: date | None
    deleted: date | None

    def in_force(self, day: date | None) -> bool:
        """Whether the edit holds on a day; the deletion date is its last day."""
        return self.indicator != "9" and _holds(self.effective, self.deleted, day)


@dataclass(frozen=True, slots=True)
class MueRow:
    """The units of a code that are payable; indicator 1 a line, 2 and 3 a date."""

    code: str
    setting: str
    units: int
    indicator: str


@dataclass(frozen=True, slots=True)
class AddonRow:
    """A parent of an add-on code; `setting` is empty where the pair holds in both."""

    addon: str
    primary: str
    type: str
    setting: str
    quarter: str
    certainty: str
    effective: date | None = None
    deleted: date | None = None

    def in_force(self, day: date | None) -> bool:
        """Whether the pair holds on a day; the deletion date is its last day."""
        return _holds(self.effective, self.deleted, day)


@dataclass(frozen=True, slots=True)
class Fluid:
    """An intravenous fluid: its class as given for volume, and whether it carries drugs."""

    fluid: str
    fluid_class: str
    carrier: bool


@dataclass(frozen=True, slots=True)
class Electrolyte:
    """An electrolyte additive; `potassium_chloride` marks the one that stays hydration."""

    electrolyte: str
    ion: str
    potassium_chloride: bool


@dataclass(frozen=True, slots=True)
class Additive:
    """An electrolyte named in the text of a bag; the amount in mEq, or mEq a litre."""

    electrolyte: Electrolyte
    meq: Decimal | None
    per_litre: bool


@dataclass(frozen=True, slots=True)
class BagText:
    """What the text of one drug field says of a bag: a fluid and its electrolytes."""

    fluid: Fluid
    additives: tuple[Additive, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """A route of the format and the family it is coded in (or outside of)."""

    route: str
    family: str


@dataclass(frozen=True, slots=True)
class Special:
    """A drug with rules of its own: `kind` names the rule, `name` the drug."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class TableVersion:
    """The version (quarter) of one table, its source, rows and SHA-256 digest."""

    table: str
    version: str
    source: str
    rows: int
    sha256: str


def _holds(effective: date | None, deleted: date | None, day: date | None) -> bool:
    """Whether a row holds on a day; without a day, whether it was never deleted."""
    if day is None:
        return deleted is None
    begun = effective is None or effective <= day
    return begun and (deleted is None or day <= deleted)
