"""Owns small encounter documents and edits of them, for the tests of editing."""

import json
from pathlib import Path
from typing import Any

import pytest

from infusion_asp.model import InputError
from infusion_asp.web.editing.edits import Edit
from infusion_asp.web.editing.operations import apply, ids_of

ENCOUNTERS = sorted((Path(__file__).parents[2] / "fixtures" / "encounters").glob("*.json"))
DOCUMENTS: list[dict[str, Any]] = [json.loads(path.read_text("utf-8")) for path in ENCOUNTERS]


def encounter(*administrations: dict[str, Any], **fields: Any) -> dict[str, Any]:
    listed = [{"route": "intravenous", **each} for each in administrations]
    return {"encounter_id": "e", **fields, "administrations": listed}


def bag(name: str, start: str = "", stop: str = "", **fields: Any) -> dict[str, Any]:
    times = {"start": start, "stop": stop}
    charted = {key: f"2025-03-03T{each}" for key, each in times.items() if each}
    return {"id": name, "drug": "ceftriaxone", **charted, **fields}


def put(document: dict[str, Any], *path: str, to: Any) -> dict[str, Any]:
    return apply(document, Edit("set", path, to))


def field(document: dict[str, Any], name: str, key: str) -> Any:
    return next(each for each in document["administrations"] if each["id"] == name).get(key)


def refusal(document: dict[str, Any], edit: Edit) -> InputError:
    with pytest.raises(InputError) as caught:
        apply(document, edit)
    return caught.value


def administrations_of(document: dict[str, Any]) -> list[str]:
    return list(ids_of(document, "administrations"))
