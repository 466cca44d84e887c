"""Doses against billing units, in whole numbers with one common denominator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import gcd, lcm

from infusion_asp.tables.rows import DrugRow

# Numbers of the solver are 32-bit and wrap silently.
_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure: its dimension and the factor to the unit of that dimension."""

    dimension: str
    factor: Fraction


class Units:
    """The units of units.csv, found by any of their texts."""

    def __init__(self, rows: Sequence[Mapping[str, str]]) -> None:
        self._units = {
            row["text"]: Unit(
                row["dimension"], Fraction(int(row["numerator"]), int(row["denominator"]))
            )
            for row in rows
        }

    def find(self, text: str) -> Unit | None:
        """The unit that a text means, or None for an unknown one."""
        plain = " ".join(text.lower().split())
        return self._units.get(plain) or self._units.get(plain.rstrip("."))

    def convert(self, amount: Decimal, unit: str, to: str) -> Fraction | None:
        """The amount in another unit of the same dimension, exact; None if there is none."""
        have, want = self.find(unit), self.find(to)
        if have is None or want is None or have.dimension != want.dimension:
            return None
        return Fraction(amount) * have.factor / want.factor

    def doses_and_unit(
        self, doses: Sequence[tuple[Decimal, str]], row: DrugRow
    ) -> tuple[tuple[int, ...], int] | None:
        """Doses and the row's billing unit as whole numbers of one common measure.

        `ceil(sum of doses / unit)` are the units billed. None where the row has no billing
        unit, a dose is in a unit of another dimension, or a number does not fit 32 bits.
        """
        for amount, unit in (
            (row.billing_amount, row.billing_unit),
            (row.other_amount, row.other_unit),
        ):
            if amount is None or amount <= 0:
                continue
            found = [self.convert(dose, text, unit) for dose, text in doses]
            known = [dose for dose in found if dose is not None]
            if len(known) == len(doses):
                return _whole(known, Fraction(amount))
        return None

    def dose_and_unit(self, dose: Decimal, unit: str, row: DrugRow) -> tuple[int, int] | None:
        """One dose and the row's billing unit as whole numbers; see `doses_and_unit`."""
        both = self.doses_and_unit([(dose, unit)], row)
        return None if both is None else (both[0][0], both[1])


def _whole(doses: Sequence[Fraction], unit: Fraction) -> tuple[tuple[int, ...], int] | None:
    scale = lcm(unit.denominator, *(dose.denominator for dose in doses))
    numbers = [int(dose * scale) for dose in doses]
    size = int(unit * scale)
    common = gcd(size, *numbers)
    if max(size, sum(numbers)) // common > _LARGEST // 2:
        return None
    return tuple(number // common for number in numbers), size // common
