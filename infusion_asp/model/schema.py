"""The JSON Schemas of what goes in and what comes out."""

from typing import Any, Literal

from infusion_asp.model.encounter import Encounter
from infusion_asp.model.result import Result


def json_schema(which: Literal["encounter", "result"]) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an encounter, or of a result as it is written."""
    model, mode = (Encounter, "validation") if which == "encounter" else (Result, "serialization")
    schema = model.model_json_schema(mode="validation" if mode == "validation" else "serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
