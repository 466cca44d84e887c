"""Results built by hand for the tests of rendering: a chemotherapy day, and a record refused."""

from __future__ import annotations

from datetime import date
from typing import Any

from infusion_asp.model.result import ErrorRecord, Result

MONDAY = date(2025, 3, 3)


def reason(rule: str, sentence: str, *children: Any, cites: tuple[str, ...] = ("S10",)) -> Any:
    return {
        "rule": rule,
        "sentence": sentence,
        "citations": list(cites),
        "children": list(children),
    }


def line(code: str, label: str, units: int, by: list[tuple[str, int | None]], **more: Any) -> Any:
    return {
        "section": "administration",
        "code": code,
        "label": label,
        "units": units,
        "modifiers": [],
        "date": MONDAY,
        "administrations": list(dict.fromkeys(name for name, _ in by)),
        "units_by": [{"administration": name, "minutes": minutes} for name, minutes in by],
        "rules": ["administration_code"],
        "sentences": [],
        "citations": ["S10"],
        "because": [],
        **more,
    }


def bar(name: str, drug: str, start: int, stop: int, kind: str, code: str) -> Any:
    return {
        "administration": name,
        "label": f"{name} {drug}",
        "start": start,
        "stop": stop,
        "kind": kind,
        "code": code,
    }


_INITIAL = reason(
    "initial_service",
    "a3 is the initial service: chemotherapy ranks before the therapeutic infusion of a1",
    reason(
        "chemotherapy_class",
        "oxaliplatin is an antineoplastic drug, which is the chemotherapy class",
        reason(
            "drug_category",
            "oxaliplatin has no charted category",
            reason("drug_table", "the drug table lists oxaliplatin as antineoplastic"),
        ),
    ),
    reason("infusion_by_time", "a3 ran 125 minutes, 16 or more, and is an infusion", cites=("T4",)),
)

DAY: dict[str, Any] = {
    "encounter_id": "chemo-day-04",
    "rulebook": {"version": "0.1.0", "digest": "3f2a91bc" + "0" * 56},
    "profile": "medicare-facility",
    "setting": "facility",
    "policies": {"missing_stop_therapeutic": "computed_else_push", "long_push": "push"},
    "tables": {"codes": "2025-01", "drugs": "2025-01"},
    "lines": [
        line("96413", "chemotherapy infusion, first hour", 1, [("a3", 125)], because=[_INITIAL]),
        line(
            "96415",
            "chemotherapy infusion, further hour",
            1,
            [("a3", 125)],
            because=[
                reason(
                    "further_hours",
                    "a3 ran 125 minutes: the first hour and 1 further hour, since 65 minutes "
                    "beyond it are more than 30",
                    cites=("S10", "S14"),
                )
            ],
        ),
        line(
            "96367",
            "therapeutic infusion, each further drug, first hour",
            2,
            [("a1", 20), ("a4", 60)],
            sentences=["a1 and a4 each ran alone through the port after another drug"],
            because=[
                reason(
                    "sequential",
                    "a1 is sequential, not initial, because a3 outranks it",
                    reason("infusion_by_time", "a1 ran 20 minutes and is an infusion"),
                )
            ],
        ),
        line(
            "96375",
            "therapeutic push, each further drug",
            1,
            [("a2", None)],
            because=[reason("push", "a2 is a push of another drug than the others")],
        ),
        line(
            "96361",
            "hydration, further hour",
            1,
            [("a5", 65)],
            modifiers=["59"],
            because=[
                reason("hydration_minutes", "65 of 190 minutes of a5 ran beside no drug infusion")
            ],
        ),
        line("96523", "port flush", 1, [("a6", None)], section="neighbour"),
        line("J9263", "oxaliplatin 0.5 mg", 300, [("a3", None)] * 300, section="drug"),
        line(
            "J1100", "dexamethasone 1 mg", 10, [("a1", None)] * 10, section="drug", modifiers=["JZ"]
        ),
    ],
    "not_reported": [
        {
            "administration": "a6",
            "kind": "excluded",
            "rule": "keep_open",
            "sentence": "a6 kept the line open, which is part of the other services",
            "because": [reason("keep_open", "the purpose of a6 is keep_open")],
        },
        {
            "administration": "a7",
            "kind": "no_rule",
            "rule": None,
            "sentence": "no rule gives a code to 12 minutes of hydration",
            "because": [],
        },
    ],
    "findings": [
        {
            "rule": "hydration_diagnosis",
            "level": "info",
            "risk": "documentation",
            "administrations": ["a5"],
            "arguments": ["a5"],
            "sentence": "no diagnosis supports the hydration of a5",
            "help": "add the diagnosis that the order names",
        },
        {
            "rule": "missing_stop",
            "level": "warning",
            "risk": "under",
            "administrations": ["a4"],
            "arguments": ["a4"],
            "sentence": "a4 (leucovorin) has no stop time; its 60 minutes were computed from "
            "volume and rate",
            "help": "chart the stop time; computed minutes do not survive every audit",
        },
    ],
    "alternatives": [
        {
            "decided_by": "hydration_min_minutes = 16 would also report a7",
            "lines": [
                {"code": "96361", "units": 2, "modifiers": ["59"], "date": MONDAY},
                {"code": "96413", "units": 1, "modifiers": [], "date": None},
            ],
        }
    ],
    "timeline": {
        "start": "2025-03-03T08:40",
        "end": "2025-03-03T13:10",
        "rows": [
            {
                "access": "port1 (port)",
                "visit": "v1",
                "bars": [
                    bar("a1", "dexamethasone", 10, 30, "infusion", "96367"),
                    bar("a2", "palonosetron", 34, 34, "push", "96375"),
                    bar("a3", "oxaliplatin", 45, 170, "infusion", "96413, 96415"),
                    bar("a4", "leucovorin calcium in dextrose", 175, 235, "infusion", "96367"),
                ],
            },
            {
                "access": "arm (peripheral)",
                "visit": "v1",
                "bars": [
                    bar("a5", "sodium chloride 0.9 %", 0, 190, "hydration", "96361"),
                    bar("a6", "heparin lock", 262, 262, "other", ""),
                    bar("a7", "sodium chloride 0.9 %", 240, 252, "hydration", ""),
                ],
            },
        ],
    },
}


def day(**changes: Any) -> Result:
    """The chemotherapy day, with some of its fields changed."""
    return Result.model_validate({**DAY, **changes})


def plain(name: str = "flu-shot", **changes: Any) -> Result:
    """A result with one line and nothing else."""
    return day(
        encounter_id=name,
        lines=[line("96372", "injection under the skin or into a muscle", 1, [("a1", None)])],
        not_reported=[],
        findings=[],
        alternatives=[],
        **changes,
    )


def refused(name: str | None = "bad-01") -> ErrorRecord:
    """A record that the reader refused."""
    return ErrorRecord.model_validate(
        {
            "encounter_id": name,
            "error": {
                "path": "administrations[2].stop",
                "message": "stop '2025-03-03T08:00' is before start '2025-03-03T09:00'",
                "help": "give the stop its own date where the service ran over midnight",
            },
        }
    )
