"""Owns `summary.json`: what a run came to, without anything that differs from run to run."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import infusion_asp
from infusion_asp.batch.counts import Counts
from infusion_asp.batch.work import Options
from infusion_asp.rulebook import load_rulebook
from infusion_asp.tables import load_tables

SUMMARY, RUN = "summary.json", "run.json"
_COUNTED = ("verdicts", "lines", "units", "findings", "levels", "errors", "rows")


def summary(counts: Counts, options: Options, form: str) -> dict[str, Any]:
    """The counts by name and what they rest on, as JSON holds them; money in US dollars."""
    book = load_rulebook(None, options.overlays)
    found: dict[str, Any] = {
        "task": options.task,
        "records": counts.records,
        "encounters": counts.encounters,
        "failed": counts.failed,
        "adds_up": counts.adds_up,
        "over_usd": float(counts.over),
        "under_usd": float(counts.under),
    }
    found |= {name: dict(sorted(getattr(counts, name).items())) for name in _COUNTED}
    return found | {
        "format": form,
        "profile": options.profile,
        "policies": dict(options.policies),
        "explain": options.explain,
        "rulebook": {"version": book.version, "digest": book.digest},
        "tables": load_tables().versions(),
        "tool": infusion_asp.__version__,
    }


def counts_in(text: str) -> Counts:
    """The counts that a summary tells."""
    data = json.loads(text)
    found = Counts(data["records"], data["encounters"])
    found.over, found.under = (Decimal(str(data[name])) for name in ("over_usd", "under_usd"))
    for name in _COUNTED:
        setattr(found, name, Counter(data[name]))
    return found
