"""Owns which request of a tab is its latest: those before it are not worth solving to their end."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

_KEPT = 1000  # tabs; one that is forgotten goes on solving


class Latest:
    """The number of the latest request of each tab, while the process runs."""

    def __init__(self) -> None:
        self._numbers: OrderedDict[tuple[str, ...], int] = OrderedDict()
        self._count = 0

    def begun(self, *tab: str) -> Callable[[], bool]:
        """Note a request; what is returned says whether a later one of the same tab has come."""
        self._count += 1
        mine = self._numbers[tab] = self._count
        self._numbers.move_to_end(tab)
        while len(self._numbers) > _KEPT:
            self._numbers.popitem(last=False)
        return lambda: self._numbers.get(tab, mine) != mine
