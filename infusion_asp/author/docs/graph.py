"""Owns drawing a graph of predicates: columns from left to right, few crossings, curved edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

ROW, CHARACTER, PADDING, BETWEEN, MARGIN = 24, 7.25, 16, 60, 12
_SWEEPS = 6


@dataclass(frozen=True)
class Item:
    """What a node shows: its label, its address, a title, and a class for its colour."""

    label: str
    address: str = ""
    title: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Node:
    """An item at its place; `x` and `y` are of its left upper corner."""

    key: str
    item: Item
    x: float
    y: float
    width: float
    height: float = ROW - 6


@dataclass(frozen=True)
class Edge:
    """A curve from one node to another."""

    source: str
    target: str
    path: str


@dataclass(frozen=True)
class Drawing:
    """A whole graph."""

    width: float
    height: float
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def drawing(items: Mapping[str, Item], edges: Iterable[tuple[str, str]]) -> Drawing:
    """Lay out a graph; edges to items that don't exist, and from one to itself, are left out."""
    pairs = sorted({(a, b) for a, b in edges if a != b and a in items and b in items})
    columns = _ordered(_columns(_layers(sorted(items), pairs)), pairs)
    nodes: dict[str, Node] = {}
    tallest = max((len(column) for column in columns), default=0) * ROW
    x = float(MARGIN)
    for column in columns:
        width = max(len(items[key].label) for key in column) * CHARACTER + PADDING
        top = MARGIN + (tallest - len(column) * ROW) / 2
        for at, key in enumerate(column):
            y = round(top + at * ROW, 1)
            nodes[key] = Node(key, items[key], round(x, 1), y, round(width, 1))
        x += width + BETWEEN
    curves = tuple(Edge(a, b, _curve(nodes[a], nodes[b])) for a, b in pairs)
    width = max((node.x + node.width for node in nodes.values()), default=0) + MARGIN
    return Drawing(round(width, 1), tallest + 2 * MARGIN, tuple(nodes.values()), curves)


def _layers(keys: Sequence[str], pairs: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The column of each key: behind all that it rests on; circles are cut."""
    before: dict[str, list[str]] = {key: [] for key in keys}
    after: dict[str, list[str]] = {key: [] for key in keys}
    for a, b in pairs:
        before[b].append(a)
        after[a].append(b)
    layer: dict[str, int] = {}
    for key in keys:
        _place(key, before, layer)
    for key in keys:  # what rests on nothing stands next to what needs it first
        later = [layer[each] for each in after[key]]
        if not before[key] and later:
            layer[key] = max(0, min(later) - 1)
    return layer


def _place(start: str, before: Mapping[str, Sequence[str]], layer: dict[str, int]) -> None:
    """Longest path to `start`, without recursion: the graph may be deep."""
    stack: list[tuple[str, int]] = [(start, 0)]
    open_keys = {start}
    while stack:
        key, at = stack.pop()
        if key in layer:
            open_keys.discard(key)
            continue
        rests = before[key]
        if at < len(rests):
            stack.append((key, at + 1))
            other = rests[at]
            if other not in layer and other not in open_keys:
                open_keys.add(other)
                stack.append((other, 0))
            continue
        known = [layer[each] for each in rests if each in layer]
        layer[key] = max(known, default=-1) + 1
        open_keys.discard(key)


def _columns(layer: Mapping[str, int]) -> list[list[str]]:
    found: list[list[str]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for key in sorted(layer):
        found[layer[key]].append(key)
    return [column for column in found if column]


def _ordered(columns: list[list[str]], pairs: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Each column in the order of the middle of its neighbours, swept there and back."""
    near: dict[str, list[str]] = {}
    for a, b in pairs:
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    place: dict[str, float] = {}
    for column in columns:
        _number(column, place)
    for sweep in range(_SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            mean = {
                key: sum(place[n] for n in near[key]) / len(near[key])
                if key in near
                else place[key]
                for key in column
            }
            column.sort(key=lambda key: (mean[key], key))
            _number(column, place)
    return columns


def _number(column: Sequence[str], place: dict[str, float]) -> None:
    for at, key in enumerate(column):
        place[key] = at - len(column) / 2


def _curve(a: Node, b: Node) -> str:
    x1, y1 = a.x + a.width, a.y + a.height / 2
    x2, y2 = b.x, b.y + b.height / 2
    bend = max(30.0, abs(x2 - x1) / 2)
    return f"M{x1:.1f} {y1:.1f}C{x1 + bend:.1f} {y1:.1f} {x2 - bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
