"""Owns how the origin of an administration or a billed line is written: file and places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

MOST = 500  # characters that the encounter format allows


def origin_of(file: str | Path, places: Iterable[int | str]) -> str:
    """The name of the file, a colon and the places in it: `mar.csv:2-5,9`.

    Numbers in order are written as ranges. The directory is left out. A list that is too long
    ends with the number of places: `mar.csv:2,4,8... (210)`.
    """
    name = "".join(c if c.isprintable() else "?" for c in Path(file).name) or "input"
    name = name[-200:]
    found = list(dict.fromkeys(places))
    text = f"{name}:{','.join(_ranges(found))}"
    if len(text) <= MOST:
        return text
    end = f"... ({len(found)})"
    return text[: MOST - len(end)] + end


def _ranges(places: Iterable[int | str]) -> Iterator[str]:
    first: int | None = None
    last: int | None = None
    for place in places:
        if isinstance(place, int):
            if last is not None and place == last + 1:
                last = place
                continue
            yield from _range(first, last)
            first = last = place
        else:
            yield from _range(first, last)
            first = last = None
            yield "".join(c if c.isprintable() else "?" for c in place)
    yield from _range(first, last)


def _range(first: int | None, last: int | None) -> Iterator[str]:
    if first is not None:
        yield str(first) if first == last else f"{first}-{last}"
