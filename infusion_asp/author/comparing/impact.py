"""Owns what a change of rules does to a file of encounters: how many, which codes, the money."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from infusion_asp.author.comparing.answers import code_changes, differences
from infusion_asp.author.comparing.report import Impact
from infusion_asp.author.comparing.side import Side

SHOWN = 20
BATCH = 500


def impact_of(sides: tuple[Side, Side], records: Sequence[Mapping[str, Any]]) -> Impact:
    """Both rulebooks over the same encounters."""
    units: Counter[str] = Counter()
    money: dict[str, Decimal | None] = {}
    names: list[str] = []
    changed = without = 0
    for start in range(0, len(records), BATCH):
        part = records[start : start + BATCH]
        for side in sides:
            side.ask({"reasons": False, "money": True, "cases": [{"encounter": e} for e in part]})
        both = zip(sides[0].answer(), sides[1].answer(), strict=True)
        for record, (old, new) in zip(part, both, strict=True):
            without += bool(old["kind"] or new["kind"])
            if not differences(old, new):
                continue
            changed += 1
            names.append(str(record.get("encounter_id", "")))
            for code, count in code_changes(old, new).items():
                units[code] += count
                before, after = (_amount(each, code) for each in (old, new))
                known = money.get(code, Decimal(0))
                if before is None or after is None or known is None:
                    money[code] = None
                else:
                    money[code] = known + after - before
    total = sum((each for each in money.values() if each is not None), Decimal(0))
    return Impact(
        len(records),
        changed,
        without,
        dict(sorted(units.items())),
        {code: None if each is None else str(each) for code, each in sorted(money.items())},
        str(total),
        tuple(names[:SHOWN]),
    )


def _amount(said: Mapping[str, Any], code: str) -> Decimal | None:
    amounts = said.get("money", {})
    if code not in amounts:
        return Decimal(0)
    return None if amounts[code] is None else Decimal(amounts[code])
