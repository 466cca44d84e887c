"""Owns stratification: recursion through negation or an aggregate is found and named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from infusion_asp.rulebook.atoms import Outline, Place
from infusion_asp.rulebook.errors import Problem
from infusion_asp.rulebook.vocabulary import Signature

_ID = "recursion-through-negation"
_HELP = "break the cycle: derive one of them from input alone, or count along a growing number"


def check_recursion(outlines: Sequence[Outline]) -> Iterator[Problem]:
    """A problem for each predicate that depends on its own negation, with the cycle."""
    graph = _graph(outlines)
    group = _components(graph)
    seen: set[frozenset[Signature]] = set()
    for outline in outlines:
        source, found = outline.source, outline.uses
        for head in (use for use in found if use.in_head):
            for use in found:
                if use.place is not Place.NEGATIVE:
                    continue
                if group[head.signature] != group[use.signature]:
                    continue
                path = _path(graph, use.signature, head.signature)
                if frozenset(path) in seen:
                    continue
                seen.add(frozenset(path))
                shown = " -> ".join([head.shown, f"{use.why} {use.shown}"])
                shown += "".join(f" -> {name}/{arity}" for name, arity in path[1:])
                kind = "negation" if use.why == "not" else f"an {use.why}"
                kind = kind.replace("an condition", "a condition")
                yield source.problem(use.node, f"recursion through {kind}: {shown}", _HELP, _ID)


def components(outlines: Sequence[Outline]) -> dict[Signature, int]:
    """Each predicate with the number of its component: equal where two depend on each other."""
    return _components(_graph(outlines))


def _graph(outlines: Sequence[Outline]) -> dict[Signature, dict[Signature, None]]:
    """The predicates that each predicate reads, in the order of the text."""
    graph: dict[Signature, dict[Signature, None]] = {}
    for outline in outlines:
        found = outline.uses
        for head in (use for use in found if use.in_head):
            reached = graph.setdefault(head.signature, {})
            for use in found:
                if not use.in_head:
                    reached[use.signature] = None
                    graph.setdefault(use.signature, {})
    return graph


def _path(
    graph: Mapping[Signature, Mapping[Signature, None]], start: Signature, goal: Signature
) -> list[Signature]:
    """The shortest way from `start` to `goal`; both belong to one component."""
    before: dict[Signature, Signature | None] = {start: None}
    queue = [start]
    for node in queue:
        if node == goal:
            break
        for other in graph[node]:
            if other not in before:
                before[other] = node
                queue.append(other)
    path: list[Signature] = []
    step: Signature | None = goal
    while step is not None:
        path.append(step)
        step = before[step]
    return path[::-1]


def _components(graph: Mapping[Signature, Mapping[Signature, None]]) -> dict[Signature, int]:
    """The number of the strongly connected component of each predicate (Kosaraju)."""
    order: list[Signature] = []
    done: set[Signature] = set()
    for root in graph:
        stack = [(root, iter(graph[root]))] if root not in done else []
        done.add(root)
        while stack:
            node, rest = stack[-1]
            following = next((n for n in rest if n not in done), None)
            if following is None:
                order.append(node)
                stack.pop()
            else:
                done.add(following)
                stack.append((following, iter(graph[following])))
    reverse: dict[Signature, list[Signature]] = {node: [] for node in graph}
    for node, others in graph.items():
        for other in others:
            reverse[other].append(node)
    group: dict[Signature, int] = {}
    for number, root in enumerate(reversed(order)):
        todo = [root] if root not in group else []
        while todo:
            node = todo.pop()
            if node not in group:
                group[node] = number
                todo.extend(reverse[node])
    return group
