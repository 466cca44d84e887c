"""What every step of the baseline may look at: encounter, policies, tables, notes so far."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from . import policies as rules
from .drugs import DrugTable, load
from .model import Earned

ROOT = Path(__file__).resolve().parents[2]
Edits = dict[str, dict[str, list[tuple[str, str, str]]]]


@lru_cache(maxsize=1)
def default_tables() -> Path:
    """The rulebook's own tables, else the collected facts beside the checkout."""
    own = ROOT / "logic" / "tables"
    return own if (own / "drugs.csv").exists() else ROOT.parent / "shared" / "facts"


def pairs(path: Path) -> Edits:
    """NCCI pairs of indicator 1 by setting and column 1: column 2 with first and last date."""
    found: Edits = {}
    with path.open(encoding="utf-8", newline="") as handle:
        for r in csv.DictReader(handle):
            if r["modifier_indicator"] == "1":
                own = found.setdefault(r["setting"], {}).setdefault(r["column1"], [])
                own.append((r["column2"], r["effective_date"], r["deletion_date"]))
    return found


@lru_cache(maxsize=8)
def edits(tables: Path) -> Edits:
    """The NCCI pairs of a directory of tables (kept in memory)."""
    return pairs(tables / "ptp_edits.csv")


@lru_cache(maxsize=8)
def drug_table(tables: Path) -> DrugTable:
    """The drugs of a directory of tables (kept in memory)."""
    return load(tables / "drugs.csv")


@dataclass
class Context:
    """State of one run of the baseline."""

    encounter: Mapping[str, Any]
    profile: str
    policies: dict[str, str]
    tables: Path
    findings: set[str] = field(default_factory=set)
    not_reported: dict[str, str] = field(default_factory=dict)
    earned: list[Earned] = field(default_factory=list)

    @cached_property
    def drugs(self) -> DrugTable:
        return drug_table(self.tables)

    @property
    def professional(self) -> bool:
        return self.encounter.get("setting") == "professional"

    @property
    def medicare(self) -> bool:
        return self.profile.startswith("medicare")

    @property
    def c8957(self) -> bool:
        """Whether therapeutic pump starts over 8 hours have a code."""
        return self.profile == "medicare-facility"

    @property
    def place(self) -> str:
        value = self.encounter.get("place_of_service")
        return "" if value is None else str(value).zfill(2)

    @cached_property
    def visits(self) -> dict[str, Mapping[str, Any]]:
        return {v["id"]: v for v in self.encounter.get("visits") or []}

    def earn(self, code: str, minute: int | None, ids: list[str], **more: Any) -> None:
        """Note one unit of a code."""
        self.earned.append(Earned(code, minute, list(ids), **more))

    def drop(self, ids: list[str], rule: str) -> None:
        """Note that administrations have no code, and the rule that says so."""
        for name in ids:
            self.not_reported.setdefault(name, rule)


def make(
    encounter: Mapping[str, Any],
    policies: Mapping[str, str] | None,
    profile: str | None,
    tables: Path | None,
) -> Context:
    """A context for one encounter."""
    name = rules.profile_of(encounter, profile)
    ctx = Context(encounter, name, rules.resolve(name, policies), tables or default_tables())
    if profile is None and encounter.get("payer") not in (None, "cpt", "medicare"):
        ctx.findings.add("payer not known")
    return ctx
