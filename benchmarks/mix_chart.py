"""Owns one chart of the generated mix: administrations in the order of the clock, with its gaps."""

from __future__ import annotations

import random
from typing import Any

from benchmarks.mix_drugs import FLUID_CODES, FLUIDS, Drug, Given

CODED = 0.62  # share of drugs charted with code and dose
BRANDED = 0.18
STRENGTH = 0.06  # share charted as "name 4 mg"
NO_STOP = 0.045  # infusions and fluids without a stop
STOP_FOR_PUSH = 0.3  # pushes with a stop
NO_START = 0.002
NOT_ORDERED = 0.004
UNKNOWN = 0.003  # a mixture of the pharmacy's own, without a code
PAUSED = 0.015
WASTE_CHARTED = 0.55
FURTHER_BAG = 0.02  # a bag that goes on with another one


class Chart:
    """An encounter in the making; times are minutes counted from 00:00 of its first day."""

    def __init__(self, draw: random.Random, department: str, now: int) -> None:
        self.draw = draw
        self.department = department
        self.now = now
        self.first = now
        self.end = now
        self.given: list[Given] = []
        self.more: dict[str, Any] = {}
        self.accesses: list[dict[str, Any]] = []
        self.visit: str | None = None

    def chance(self, share: float) -> bool:
        """Whether something that happens in this share of cases happens."""
        return self.draw.random() < share

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self.draw.random() * (high - low + 1))

    def wait(self, low: int, high: int) -> None:
        """Let the clock move on."""
        self.now += self.between(low, high)

    def line(self, kind: str, name: str = "iv1", **more: Any) -> str:
        """Place an access; returns its id."""
        self.accesses.append({"id": name, "kind": kind, **more})
        return name

    def push(self, drug: Drug, access: str = "iv1", **more: Any) -> Given:
        """A push, now."""
        row = self._row(drug, "intravenous", "push", access, more)
        if self.chance(STOP_FOR_PUSH):
            self._stop(row, self.between(1, 5))
        self.now += 1
        return row

    def inject(self, drug: Drug, route: str, **more: Any) -> Given:
        """An injection under the skin or into a muscle, now."""
        row = self._row(drug, route, "injection", None, more)
        self.now += 1
        return row

    def infuse(self, drug: Drug, access: str = "iv1", *, stay: bool = True, **more: Any) -> Given:
        """A bag from now on; with `stay` the clock moves to its end."""
        row = self._row(drug, "intravenous", "infusion", access, more)
        minutes = self.between(drug.low, drug.high)
        if drug.volume and self.chance(0.7):
            row["volume_ml"] = drug.volume
            if self.chance(0.4):
                row["rate_ml_per_hr"] = max(1, round(drug.volume * 60 / minutes))
        self._run(row, minutes)
        if stay:
            self.now += minutes
        return row

    def fluid(
        self, minutes: int, access: str = "iv1", *, stay: bool = False, purpose: str | None = None
    ) -> Given:
        """A plain fluid from now on."""
        name = FLUIDS[int(self.draw.random() ** 2 * len(FLUIDS))]
        volume = 1000 if minutes > 75 else self.draw.choice((500, 1000))
        row: Given = {"id": f"a{len(self.given) + 1}", "drug": name}
        row.update(route="intravenous", method="infusion", access=access, start=self.now)
        if self.visit:
            row["visit"] = self.visit
        if purpose is None:
            purpose = "hydration" if self.chance(0.8) else None
        if purpose:
            row["purpose"] = purpose
        if purpose == "keep_open":
            row["rate_ml_per_hr"] = self.draw.choice((10, 20, 25, 30))
        elif self.chance(0.85):
            row["volume_ml"] = volume
            code = FLUID_CODES.get((name, volume))
            if code and self.chance(CODED):
                row["hcpcs"] = code
            if self.chance(0.5):
                row["rate_ml_per_hr"] = max(1, round(volume * 60 / minutes))
        self.given.append(row)
        self._run(row, minutes)
        if stay:
            self.now += minutes
        return row

    def other(self, row: Given) -> Given:
        """Anything else, now."""
        made = {"id": f"a{len(self.given) + 1}", **row, "start": self.now}
        if self.visit:
            made["visit"] = self.visit
        self.given.append(made)
        self.now += 1
        return made

    def again(self, row: Given) -> Given:
        """The same drug as in another row once more, now, for as long."""
        made = {**row, "id": f"a{len(self.given) + 1}", "start": self.now}
        if "stop" in row and "start" in row:
            self._stop(made, max(0, row["stop"] - row["start"] + self.between(-2, 3)))
        made.pop("pauses", None)
        self.given.append(made)
        self.now += 1
        return made

    def _row(
        self, drug: Drug, route: str, method: str, access: str | None, more: dict[str, Any]
    ) -> Given:
        draw = self.draw
        row: Given = {"id": f"a{len(self.given) + 1}"}
        dose = drug.doses[int(draw.random() * len(drug.doses))]
        named = draw.random()
        unknown = named > 1 - UNKNOWN
        if named < BRANDED:
            row["drug"] = drug.brand
        elif named < BRANDED + STRENGTH:
            row["drug"] = f"{drug.name} {dose} {drug.unit}"
        elif unknown:
            row["drug"] = "house formulation 7"
        else:
            row["drug"] = drug.name
        row.update(route=route, method=method)
        if access is not None:
            row["access"] = access
        if self.visit:
            row["visit"] = self.visit
        row["start"] = self.now
        if not unknown and draw.random() < CODED:
            row.update(hcpcs=drug.code, dose=dose, dose_unit=drug.unit)
            if draw.random() < WASTE_CHARTED:
                row["wasted"] = 0 if draw.random() < 0.7 else draw.choice((1, 2, 5, 10, 20, 40))
        if draw.random() < NOT_ORDERED:
            row["ordered"] = False
        row.update(more)
        self.given.append(row)
        if draw.random() < NO_START:
            del row["start"]
        return row

    def _run(self, row: Given, minutes: int) -> None:
        if "start" not in row:
            return
        if self.chance(NO_STOP):
            if self.chance(0.3):
                row["last_charted"] = row["start"] + self.between(0, minutes)
            self.end = max(self.end, row["start"] + minutes)
            return
        self._stop(row, minutes)
        if minutes >= 30 and self.chance(PAUSED):
            low = row["start"] + self.between(2, minutes - 12)
            row["pauses"] = [{"start": low, "stop": low + self.between(2, 10)}]

    def _stop(self, row: Given, minutes: int) -> None:
        if "start" in row:
            row["stop"] = row["start"] + minutes
            self.end = max(self.end, row["stop"])


def leave(chart: Chart) -> None:
    """Chart, mostly, when the patient left."""
    last = max([chart.now, *(row["stop"] for row in chart.given if _ends(row))])
    if chart.chance(0.7):
        chart.more["departure"] = last + chart.between(2, 90)


def _ends(row: dict[str, object]) -> bool:
    return "stop" in row and row["method"] != "pump_prolonged"


def simple(
    drug: str, route: str, method: str, access: str | None = None, **more: str
) -> dict[str, str]:
    """A row that stands for itself."""
    row = {"drug": drug, "route": route, "method": method, **more}
    if access is not None:
        row["access"] = access
    return row
