"""Owns pieces of strips that were solved: a time moved over its own strip solves little anew."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

from infusion_asp.explain.strip import Stretch

Piece = tuple[datetime, datetime]
_KEPT = 400  # pieces; each holds codes and times of two hours, no name and no drug


class Kept:
    """The stretches of pieces by the key of their track, those used last."""

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[str, Piece], tuple[Stretch, ...]] = OrderedDict()

    def get(self, key: str, piece: Piece) -> tuple[Stretch, ...] | None:
        """What was solved, or None."""
        found = self._found.get((key, piece))
        if found is not None:
            self._found.move_to_end((key, piece))
        return found

    def put(self, key: str, piece: Piece, found: tuple[Stretch, ...]) -> None:
        """Keep what was solved; what was not used for longest goes."""
        self._found[key, piece] = found
        while len(self._found) > _KEPT:
            self._found.popitem(last=False)
