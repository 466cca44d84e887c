"""The input and the result as frozen values, and the ways to read them; imports nothing of ours."""

from infusion_asp.model.encounter import (
    Access,
    Administration,
    BilledLine,
    Encounter,
    OtherService,
    Pause,
    Visit,
)
from infusion_asp.model.errors import InputError
from infusion_asp.model.parsing import parse_encounter
from infusion_asp.model.reading import Record, read_many, read_records
from infusion_asp.model.result import (
    Alternative,
    AlternativeLine,
    Bar,
    ErrorBody,
    ErrorRecord,
    Finding,
    Line,
    NotReported,
    Reason,
    Result,
    Row,
    RulebookStamp,
    Timeline,
    UnitBy,
)
from infusion_asp.model.schema import json_schema

__all__ = [
    "Access",
    "Administration",
    "Alternative",
    "AlternativeLine",
    "Bar",
    "BilledLine",
    "Encounter",
    "ErrorBody",
    "ErrorRecord",
    "Finding",
    "InputError",
    "Line",
    "NotReported",
    "OtherService",
    "Pause",
    "Reason",
    "Record",
    "Result",
    "Row",
    "RulebookStamp",
    "Timeline",
    "UnitBy",
    "Visit",
    "json_schema",
    "parse_encounter",
    "read_many",
    "read_records",
]
