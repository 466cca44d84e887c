"""Owns the filters of the page of a batch: numbers, shares, ratios, probabilities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def number(count: int) -> str:
    """`1,000,000`."""
    return f"{count:,}"


def share(part: float) -> str:
    """A share of 0 to 1: `12.5 %`, `<0.1 %`."""
    shown = f"{part * 100:.1f}"
    return "<0.1 %" if shown == "0.0" and part > 0 else f"{shown} %"


def ratio(of: float | None) -> str:
    """`×1.64`; nothing where there is no ratio."""
    return "" if of is None else f"×{of:.2f}"


def chance(probability: float) -> str:
    """A probability as a percentage: `3 %`, `0.4 %`, `<0.1 %`."""
    if probability < 0.001:
        return "<0.1 %"
    return f"{probability * 100:.{0 if probability >= 0.01 else 1}f} %"


FILTERS: dict[str, Callable[[Any], str]] = {
    "chance": chance,
    "number": number,
    "ratio": ratio,
    "share": share,
}
