"""The JSON Schemas of what goes in and what comes out."""

from typing import Any, Literal, get_args

from infusion_asp.model.base import Frozen
from infusion_asp.model.encounter import Encounter
from infusion_asp.model.explanation import Explanation
from infusion_asp.model.result import Result
from infusion_asp.model.verification import Verification

Subject = Literal["encounter", "result", "verification", "explanation"]
SUBJECTS: tuple[Subject, ...] = get_args(Subject)

_MODELS: dict[Subject, type[Frozen]] = {
    "encounter": Encounter,
    "result": Result,
    "verification": Verification,
    "explanation": Explanation,
}


def json_schema(which: Subject) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an encounter, or of what comes out as it is written."""
    schema = _MODELS[which].model_json_schema(
        mode="validation" if which == "encounter" else "serialization"
    )
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
