"""Owns which kinds of sources there are, and the encounters of inputs of one kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from infusion_asp.ingest.common import ConversionReport, Kind, Tally, encounters_of
from infusion_asp.model.errors import InputError, did_you_mean, nearest_key, shown

_MODULES = {
    "fhir": "infusion_asp.ingest.fhir",
    "hl7": "infusion_asp.ingest.hl7",
    "mar": "infusion_asp.ingest.mar",
    "mimic": "infusion_asp.ingest.mimic",
    "mimic-emar": "infusion_asp.ingest.mimic_emar",
    "x12": "infusion_asp.ingest.x12",
}
KINDS = tuple(_MODULES)
_OPTION = re.compile(r",(?=[a-z_]+=)")


@dataclass
class Conversion:
    """The encounters of some inputs, read once; the report is whole when all were read."""

    kind: Kind
    inputs: Sequence[Path]
    options: Mapping[str, str]
    tally: Tally = field(default_factory=Tally)

    def encounters(self) -> Iterator[dict[str, Any]]:
        """The encounter objects; raises InputError where an input cannot be read at all."""
        yield from encounters_of(self.kind.read(self.inputs, self.options, self.tally), self.tally)

    @property
    def report(self) -> ConversionReport:
        """What was read, used and dropped so far."""
        return self.tally.report(self.kind.name, self.kind.unit)


def named_once(inputs: Sequence[Path]) -> list[Path]:
    """The inputs; raises InputError where one is named twice and would be read twice."""
    found: set[Path] = set()
    for path in inputs:
        if path.absolute() in found:
            message = f"{shown(path)} is named twice"
            raise InputError("INPUT", message, "name each input once", kind="named_twice")
        found.add(path.absolute())
    return list(inputs)


def conversion_of(text: str, inputs: Sequence[str | Path]) -> Conversion:
    """The conversion that `KIND` or `KIND:name=value,name=value` asks for; raises InputError."""
    name, _, rest = text.partition(":")
    if name not in _MODULES:
        help = did_you_mean(nearest_key(name, KINDS)) or f"known are {', '.join(KINDS)}"
        raise InputError("--from", f"{shown(name)} is not a kind of input", help, kind="bad_kind")
    options: dict[str, str] = {}
    for each in _OPTION.split(rest) if rest else ():
        option, sign, value = each.partition("=")
        if not (sign and value):
            help = "write options as KIND:name=value,name=value"
            message = f"{shown(each)} is not an option with a value"
            raise InputError("--from", message, help, kind="bad_option")
        options[option] = value
    paths = named_once([Path(each) for each in inputs])
    missing = next((path for path in paths if str(path) != "-" and not path.exists()), None)
    if missing is not None:
        raise InputError("INPUT", f"{shown(missing)} is not there", kind="unreadable_file")
    kind: Kind = import_module(_MODULES[name]).KIND
    return Conversion(kind, paths, options)
