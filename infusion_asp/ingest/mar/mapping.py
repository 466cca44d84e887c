"""Owns the mapping of a site's columns and words; shipped for some systems, or a YAML file."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from infusion_asp.ingest.mar.events import ACTIONS
from infusion_asp.model import terms
from infusion_asp.model.base import Frozen, Many
from infusion_asp.model.errors import InputError, did_you_mean, nearest_key, shown

PRESETS = ("epic", "cerner", "pcornet", "mimic-emar")
FIELDS = (
    "encounter_id",
    "time",
    "date",
    "clock",
    "stop_time",
    "stop_date",
    "stop_clock",
    "action",
    "order",
    "bag",
    "drug",
    "hcpcs",
    "route",
    "volume_ml",
    "rate",
    "rate_unit",
    "dose",
    "dose_unit",
    "wasted",
    "access",
    "access_kind",
    "visit",
    "setting",
    "payer",
    "place_of_service",
    "arrival",
    "departure",
    "inpatient_order",
)
"""What a column of a medication record may hold."""

NEEDED = ("encounter_id", "drug")
_HELP = "docs/convert-mar.md shows a mapping"


class Mapping(Frozen):
    """Which column holds what, and what the words in it mean.

    `columns` gives, by field, the names a column may have, the first that is there counts.
    `actions`, `routes` and `access_kinds` give the words of the site, whatever their case; a
    route may be followed by a method: `intravenous push`. `new_bag` says what a bag hung while
    one of the same order runs does: it continues it, or it begins another administration.
    """

    columns: dict[str, Many[str]]
    actions: dict[str, str] = Field(default_factory=dict)
    default_action: str | None = None
    action_routes: dict[str, str] = Field(default_factory=dict)
    routes: dict[str, str] = Field(default_factory=dict)
    access_kinds: dict[str, str] = Field(default_factory=dict)
    time_formats: Many[str] = ()
    delimiter: str | None = None
    encoding: str | None = None
    encounters: Literal["whole", "by_day"] = "whole"
    new_bag: Literal["continues", "begins"] = "continues"
    setting: str | None = None
    payer: str | None = None

    @model_validator(mode="after")
    def _words_are_known(self) -> Self:
        _known("columns", self.columns, FIELDS)
        _known("actions", self.actions.values(), ACTIONS)
        _known("action_routes", self.action_routes, ACTIONS)
        if self.default_action is not None:
            _known("default_action", [self.default_action], ACTIONS)
        for part in (self.routes, self.action_routes):
            _known("routes", [text.partition(" ")[0] for text in part.values()], terms.ROUTES)
            methods = [text.partition(" ")[2] for text in part.values()]
            _known("routes", [each for each in methods if each], terms.METHODS)
        if self.delimiter is not None and len(self.delimiter) != 1:
            raise ValueError(f"{shown(self.delimiter)} is not one character")
        return self

    def merged(self, over: AnyMapping[str, Any]) -> dict[str, Any]:
        """This mapping as plain data with the entries of another laid over it."""
        data = self.model_dump()
        for name, value in over.items():
            own = data.get(name)
            data[name] = own | value if isinstance(own, dict) and isinstance(value, dict) else value
        return data


def _known(what: str, words: Any, known: tuple[str, ...]) -> None:
    for word in words:
        if word not in known:
            guess = did_you_mean(nearest_key(str(word), known))
            raise ValueError(f"{what}: {shown(word)} is not known; {guess or _HELP}")


def load_mapping(preset: str | None, path: Path | None) -> Mapping:
    """The mapping of a preset, of a YAML file, or of a file laid over a preset.

    A file may name the preset that it is laid over (`preset: epic`). Raises InputError for one
    that is not known or cannot be read.
    """
    data = _read_yaml(path) if path is not None else {}
    base = preset or data.pop("preset", None)
    data.pop("preset", None)
    if base is None and path is None:
        help = f"presets are {', '.join(PRESETS)}; or give --mapping FILE"
        raise InputError("--preset", "no preset and no mapping is given", help, kind="no_mapping")
    if base is not None:
        if base not in PRESETS:
            help = did_you_mean(nearest_key(str(base), PRESETS)) or f"known: {', '.join(PRESETS)}"
            message = f"{shown(base)} is not a preset"
            raise InputError("--preset", message, help, kind="unknown_preset")
        shipped = files("infusion_asp.ingest.mar").joinpath("presets", f"{base}.yaml")
        own = _checked(yaml.safe_load(shipped.read_text("utf-8")), base)
        data = own.merged(_listed(data))
    return _checked(data, str(path or base))


def _read_yaml(path: Path) -> dict[str, Any]:
    name = shown(path.name)
    try:
        data = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        message = f"{name} cannot be read"
        raise InputError("--mapping", message, kind="unreadable_file") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError("--mapping", f"{name} is not YAML", _HELP, kind="bad_yaml") from error
    if not isinstance(data, dict):
        raise InputError("--mapping", f"{name} is not a mapping", _HELP, kind="bad_mapping")
    return data


def _listed(data: dict[str, Any]) -> dict[str, Any]:
    """The columns with one name written as a list of one."""
    columns = data.get("columns")
    if isinstance(columns, dict):
        plain = {k: [v] if isinstance(v, str) else v for k, v in columns.items()}
        return data | {"columns": plain}
    return data


def _checked(data: Any, name: str) -> Mapping:
    try:
        found = Mapping.model_validate(_listed(data) if isinstance(data, dict) else data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        what = str(first["msg"]).removeprefix("Value error, ")
        message = f"{shown(name)}: {f'{place}: ' if place else ''}{what[:1].lower()}{what[1:]}"
        raise InputError("--mapping", message, _HELP, kind="bad_mapping") from None
    missing = [field for field in NEEDED if field not in found.columns]
    if "time" not in found.columns and "date" not in found.columns:
        missing.append("time")
    if "action" not in found.columns and found.default_action is None:
        missing.append("action")
    if missing:
        message = f"{shown(name)} names no column for {missing[0]}"
        raise InputError("--mapping", message, _HELP, kind="bad_mapping")
    return found
