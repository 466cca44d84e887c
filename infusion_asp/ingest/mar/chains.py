"""Owns which events belong to one chain: an order and a drug, or a bag with all drugs in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from infusion_asp.ingest.mar.events import BEGINNING, SINGLE, Event

_Node = tuple[str, str]


def chains(
    events: Sequence[Event], drug_key: Callable[[str], str]
) -> tuple[list[list[Event]], list[tuple[str, Event]]]:
    """The events by chain, and those that belong to none with the reason.

    Drugs of one order that begin in one minute are one mixed bag, and so are all drugs with the
    same bag id. Without an order, a drug and its route are a chain of their own. A row without a
    drug belongs to the only chain of its order.
    """
    above: dict[_Node, _Node] = {}

    def top(node: _Node) -> _Node:
        above.setdefault(node, node)
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    def join(nodes: Iterable[_Node]) -> None:
        first, *others = [top(node) for node in nodes]
        for other in others:
            above[max(first, other)] = min(first, other)
            first = min(first, other)

    nodes = {id(event): _node(event, drug_key) for event in events if event.drug}
    together: dict[tuple[object, ...], list[_Node]] = defaultdict(list)
    orders: dict[str, set[_Node]] = defaultdict(set)
    for event in events:
        node = nodes.get(id(event))
        if node is None:
            continue
        top(node)
        if event.order:
            orders[event.order].add(node)
            if event.action in BEGINNING | SINGLE:
                together[event.order, event.action, event.time].append(node)
        if event.bag:
            together["bag", event.bag].append(node)
    for each in together.values():
        join(sorted(set(each)))
    found: dict[_Node, list[Event]] = defaultdict(list)
    lost: list[tuple[str, Event]] = []
    for event in events:
        node = nodes.get(id(event))
        if node is not None:
            found[top(node)].append(event)
            continue
        known = {top(each) for each in orders.get(event.order, ())}
        if len(known) == 1:
            found[known.pop()].append(event)
        else:
            lost.append(("drug_unclear" if known else "no_drug", event))
    return [found[node] for node in sorted(found)], lost


def _node(event: Event, drug_key: Callable[[str], str]) -> _Node:
    key = drug_key(event.drug)
    return (event.order, key) if event.order else ("", f"{key}\x1f{event.route}")
