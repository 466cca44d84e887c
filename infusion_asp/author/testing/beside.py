"""Owns the files beside rule tests that a script writes: outcomes, and what is derived on the way.

`outcomes/` holds a file for a file of cases: by the case's name every output atom of its answer, so
that no other change goes unnoticed. `derived/` names atoms that the rules derive on the way to an
answer, or must not, and sentences that they say or don't: one that is lost or comes up for no
reason shows a mistake in a rule even where today's other rules make nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

OUTCOMES, DERIVED = "outcomes", "derived"
BESIDE = frozenset({OUTCOMES, DERIVED})


@dataclass(frozen=True)
class Derived:
    """Atoms that hold in the answer to a case, atoms that don't; sentences said and not said."""

    holds: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


NOTHING = Derived()


def outcomes_beside(path: Path) -> dict[str, tuple[str, ...]]:
    """The recorded output atoms of the cases of a file, by name."""
    return {name: tuple(atoms) for name, atoms in _read(path, OUTCOMES).items()}


def derived_beside(path: Path) -> dict[str, Derived]:
    """The recorded atoms on the way to the answers of the cases of a file, by name."""
    return {
        name: Derived(**{key: tuple(texts) for key, texts in found.items()})
        for name, found in _read(path, DERIVED).items()
    }


def _read(path: Path, directory: str) -> Mapping[str, Any]:
    beside = path.parent / directory / path.name
    if not beside.is_file():
        return {}
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # libyaml's is ten times as fast
    found: Mapping[str, Any] = yaml.load(beside.read_text("utf-8"), Loader=loader) or {}
    return found
