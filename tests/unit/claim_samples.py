"""Verifications built by hand for the tests of rendering: one differs, one is right."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from infusion_asp.model import Verification
from tests.unit.render_samples import DAY, MONDAY, reason


def billed(index: int, code: str, label: str, units: int = 1, **more: Any) -> Any:
    return {
        "index": index,
        "section": "administration",
        "code": code,
        "label": label,
        "units": units,
        "date": MONDAY,
        "status": "supported",
        "supported_units": units,
        "amount": Decimal(0),
        **more,
    }


def claimed(code: str, units: int = 1, **more: Any) -> Any:
    return {"code": code, "units": units, "date": MONDAY, **more}


def finding(rule: str, risk: str, message: str, **more: Any) -> Any:
    level = {"over": "error", "under": "warning"}.get(risk, "info")
    return {"rule": rule, "level": level, "risk": risk, "message": message, **more}


CLAIM: dict[str, Any] = {
    "encounter_id": "chemo-day-04",
    "rulebook": DAY["rulebook"],
    "profile": "medicare-facility",
    "setting": "facility",
    "policies": DAY["policies"],
    "tables": DAY["tables"],
    "verdict": "differs",
    "billed": [
        billed(1, "96413", "chemotherapy infusion, first hour", administrations=["a3"]),
        billed(
            2,
            "96415",
            "chemotherapy infusion, further hour",
            3,
            status="wrong_units",
            supported_units=1,
            rules=["units_by_minutes"],
            administrations=["a3"],
            correct=claimed("96415"),
            amount=Decimal("131.26"),
        ),
        billed(
            3,
            "96365",
            "therapeutic infusion, first hour",
            status="wrong_code",
            supported_units=0,
            rules=["one_initial"],
            administrations=["a1"],
            correct=claimed("96367"),
            amount=Decimal("144.06"),
        ),
        billed(
            4,
            "96368",
            "therapeutic infusion, concurrent",
            status="not_supported",
            supported_units=0,
            rules=["concurrent"],
            administrations=["a4"],
        ),
        billed(5, "J9263", "oxaliplatin 0.5 mg", 300, section="drug", administrations=["a3"]),
        billed(
            6,
            "99213",
            "",
            section=None,
            status="not_evaluable",
            supported_units=None,
            amount=None,
            modifiers=["25"],
        ),
    ],
    "missed": [
        {
            "section": "administration",
            "code": "96375",
            "label": "therapeutic push, each further drug",
            "units": 1,
            "date": MONDAY,
            "administrations": ["a2"],
            "rule": "push",
            "sentence": "a2 is a push of another drug than the others",
            "amount": Decimal("41.50"),
        }
    ],
    "findings": [
        finding(
            "hydration_diagnosis",
            "documentation",
            "no diagnosis supports the hydration of a5",
            administrations=["a5"],
            help="add the diagnosis that the order names",
        ),
        finding(
            "units_by_minutes",
            "over",
            "96415 is billed with 3 units; the 125 minutes of a3 support 1",
            code="96415",
            billed=[2],
            administrations=["a3"],
            arguments=["a3", "125"],
            help="bill 96415 with 1 unit",
            citations=["S10", "S14"],
            amount=Decimal("131.26"),
            because=[reason("infusion_by_time", "a3 ran 125 minutes", cites=("T4",))],
        ),
        finding(
            "one_initial",
            "over",
            "96365 bills a1 as initial; a3 is a chemotherapy infusion and outranks it",
            code="96365",
            billed=[3],
            administrations=["a1", "a3"],
            help="bill a1 as 96367",
            citations=["S10"],
            amount=Decimal("144.06"),
        ),
        finding(
            "concurrent",
            "over",
            "96368 bills a4 as concurrent; it ran alone from 11:35 to 12:35",
            code="96368",
            billed=[4],
            administrations=["a4"],
            help="bill a4 as 96367",
            citations=["S10"],
            amount=Decimal(0),
        ),
        finding(
            "push",
            "under",
            "96375 is not billed; a2 is a push of palonosetron",
            code="96375",
            administrations=["a2"],
            help="add 96375 with 1 unit",
            amount=Decimal("41.50"),
        ),
    ],
    "repair": [
        {
            "action": "change_units",
            "index": 2,
            "before": claimed("96415", 3),
            "after": claimed("96415"),
            "rule": "units_by_minutes",
            "amount": Decimal("-131.26"),
        },
        {
            "action": "change_code",
            "index": 3,
            "before": claimed("96365"),
            "after": claimed("96367"),
            "rule": "one_initial",
            "amount": Decimal("-144.06"),
        },
        {
            "action": "remove",
            "index": 4,
            "before": claimed("96368"),
            "rule": "concurrent",
            "amount": Decimal(0),
        },
        {
            "action": "add",
            "after": claimed("96375", modifiers=["59"]),
            "rule": "push",
            "amount": Decimal("41.50"),
        },
    ],
    "repair_toward": "a4 given through the port, as charted",
    "queries": [
        {
            "kind": "stop",
            "administrations": ["a4"],
            "question": "When did the infusion of a4 (leucovorin), started at 11:35, end?",
            "would_support": "96366 for a second hour, if it ran to 13:06 or later",
        }
    ],
    "readings": [
        {
            "roles": {"a1": "initial", "a3": "initial", "a4": "concurrent"},
            "broken": ["one_initial", "concurrent"],
            "sentences": ["a1 and a3 are both initial", "a4 shares no minute with a3"],
        }
    ],
    "not_evaluated": ["push_presence", "same_minute_pushes"],
    "supported": DAY["lines"],
    "rates": {"source": "opps", "year": 2025, "note": "packaged lines are worth nothing"},
    "over": Decimal("275.32"),
    "under": Decimal("41.50"),
}


def claim(**changes: Any) -> Verification:
    """The chemotherapy day as billed with three faults, with some fields changed."""
    return Verification.model_validate({**CLAIM, **changes})


def right(name: str = "right-01") -> Verification:
    """A claim that the record supports."""
    return claim(
        encounter_id=name,
        verdict="supported",
        billed=[billed(1, "96372", "injection under the skin or into a muscle")],
        **dict.fromkeys(
            ("missed", "findings", "repair", "queries", "readings", "not_evaluated", "supported"),
            (),
        ),
        repair_toward="",
        over=Decimal(0),
        under=Decimal(0),
    )
