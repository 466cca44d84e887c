"""Owns reason trees: an atom, the sentence of the rule that derived it, and what that rests on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import clingo

from infusion_asp.justify.firings import Firing, FiringStore
from infusion_asp.justify.sentences import Names, is_bound, render
from infusion_asp.rulebook import Vocabulary

FULL: int | None = None
"""The depth that shows the whole proof."""

Explain = Callable[[clingo.Symbol, bool], tuple["Reason", ...]]


@dataclass(frozen=True)
class Reason:
    """Why an atom holds. `rule_id` is None for an input and for the end of a circle."""

    atom: clingo.Symbol
    rule_id: str | None
    sentence: str
    citations: tuple[str, ...] = ()
    children: tuple[Reason, ...] = ()


class TreeBuilder:
    """Builds reason trees over the firings of one answer.

    An atom whose rule has no sentence is shown by its sentence in the vocabulary; one that has
    neither is a mere step: what it rests on stands in its place. Below a mere step what the record
    and the tables say is left to the full proof. `explain` gives the reasons of atoms that no
    statement derives (roles).
    """

    def __init__(
        self, store: FiringStore, vocabulary: Vocabulary, names: Names, explain: Explain
    ) -> None:
        self._store = store
        self._vocabulary = vocabulary
        self._names = names
        self._explain = explain
        self._ready: dict[clingo.Symbol, int | None] = {}
        self._said: dict[clingo.Symbol, str] = {}
        self._sentences: dict[Firing, str] = {}
        self._words: dict[Firing, bool] = {}
        self._told: dict[Firing, list[clingo.Symbol]] = {}
        self._made: dict[tuple[clingo.Symbol, int | None], tuple[Reason, ...]] = {}
        self._circles = 0

    def prefetch(self, atoms: Mapping[clingo.Symbol, int | None]) -> None:
        """Find all firings that trees of these depths need, one grounding per level."""
        seen = self._ready
        level = {a: d for a, d in atoms.items() if a not in seen or _deeper(d, seen[a])}
        seen.update(level)
        while level:
            self._store.fetch(level)
            below: dict[clingo.Symbol, int | None] = {}
            for atom, left in level.items():
                firings = self._store.of(atom)
                for firing in firings if left is FULL else firings[:1]:
                    rest = self._left(firing, left)
                    if rest is not None and rest < 0:
                        continue
                    for item in self._below(firing, left):
                        if item not in seen or _deeper(rest, seen[item]):
                            seen[item] = below[item] = rest
            level = below

    def _below(self, firing: Firing, depth: int | None) -> Iterable[clingo.Symbol]:
        """The atoms that a firing rests on; those of mere bookkeeping only in the full proof."""
        atoms = (*firing.body, *firing.counted)
        if depth is FULL:
            return atoms
        if firing not in self._told:
            steps = self._vocabulary.steps
            self._told[firing] = [
                atom
                for atom in dict.fromkeys(atoms)
                if (atom.name, len(atom.arguments)) not in steps
            ]
        return self._told[firing]

    def _left(self, firing: Firing, depth: int | None) -> int | None:
        """Levels left below a firing; one without words takes none."""
        if depth is None:
            return FULL
        head = firing.head
        known = self._vocabulary.get(head.name, len(head.arguments))
        return depth - bool(self._speaks(firing) or (known and known.sentence))

    def tree(self, atom: clingo.Symbol, depth: int | None) -> Reason:
        """The first derivation of an atom (rule order), with `depth` levels below it."""
        found = self.trees(atom, depth)
        if found and found[0].atom == atom:
            return found[0]
        return Reason(atom, None, self.says(atom) or str(atom), (), found)

    def trees(self, atom: clingo.Symbol, depth: int | None) -> tuple[Reason, ...]:
        """The derivations of an atom: the first one, or all with depth None (the full proof)."""
        self.prefetch({atom: depth})
        return self._reasons(atom, depth, frozenset(), set())

    def says(self, atom: clingo.Symbol) -> str:
        """What an atom says, by the vocabulary; empty where it has no sentence."""
        if atom not in self._said:
            self._said[atom] = self._say(atom)
        return self._said[atom]

    def _say(self, atom: clingo.Symbol) -> str:
        arguments = atom.arguments
        predicate = self._vocabulary.get(atom.name, len(arguments))
        if predicate is None or not predicate.sentence:
            return ""
        bindings = {
            argument.name: value
            for argument, value in zip(predicate.arguments, arguments, strict=True)
        }
        return render(predicate.sentence, bindings, self._names)

    def sentence(self, firing: Firing) -> str:
        """Why a firing's head holds: its rule's sentence, else what the head says."""
        if firing not in self._sentences:
            own = firing.rule.sentence if self._speaks(firing) else ""
            text = render(own, firing.bindings, self._names)
            self._sentences[firing] = text or self.says(firing.head)
        return self._sentences[firing]

    def _speaks(self, firing: Firing) -> bool:
        """Whether the rule's sentence is about this statement: it binds the placeholders."""
        if firing not in self._words:
            self._words[firing] = is_bound(firing.rule.sentence, firing.variables)
        return self._words[firing]

    def help(self, firing: Firing) -> str:
        """What to do about a firing's head: its rule's help."""
        return render(firing.rule.help, firing.bindings, self._names)

    def _reasons(
        self,
        atom: clingo.Symbol,
        depth: int | None,
        path: frozenset[clingo.Symbol],
        shown: set[clingo.Symbol],
    ) -> tuple[Reason, ...]:
        if depth is not FULL and (atom, depth) in self._made:
            return self._made[atom, depth]
        circles = self._circles
        made = self._derived(atom, depth, path, shown)
        if depth is not FULL and circles == self._circles:
            self._made[atom, depth] = made
        return made

    def _derived(
        self,
        atom: clingo.Symbol,
        depth: int | None,
        path: frozenset[clingo.Symbol],
        shown: set[clingo.Symbol],
    ) -> tuple[Reason, ...]:
        full = depth is FULL
        firings = self._store.of(atom)
        if not firings:
            return self._leaf(atom, depth)
        inside = path | {atom}
        open_firings = [one for one in firings if not inside.intersection(one.body)]
        self._circles += len(firings) - len(open_firings)
        if not open_firings:
            return self._leaf(atom, depth)
        if full and atom in shown:
            return self._again(open_firings[0])
        shown.add(atom)
        chosen = open_firings if full else open_firings[:1]
        return tuple(
            reason for firing in chosen for reason in self._of(firing, depth, inside, shown)
        )

    def _of(
        self,
        firing: Firing,
        depth: int | None,
        path: frozenset[clingo.Symbol],
        shown: set[clingo.Symbol],
    ) -> tuple[Reason, ...]:
        if depth is not FULL and not firing.body and not self._speaks(firing):
            return ()
        text = self.sentence(firing)
        if depth == 0 and text:
            return (Reason(firing.head, firing.rule.id, text, firing.rule.cites),)
        below = depth - 1 if depth is not None and text else depth
        children: dict[tuple[str | None, str], Reason] = {}
        for atom in dict.fromkeys(self._below(firing, depth)):
            if atom in path:
                self._circles += 1
            else:
                for reason in self._reasons(atom, below, path, shown):
                    for each in reason.children if reason.sentence == text else (reason,):
                        children.setdefault((each.rule_id, each.sentence), each)
        found = tuple(children.values()) if depth is FULL else _once(children.values())
        rule = firing.rule
        if text:
            return (Reason(firing.head, rule.id, text, rule.cites, found),)
        return found if depth is FULL else tuple(each for each in found if each.rule_id)

    def _again(self, firing: Firing) -> tuple[Reason, ...]:
        """An atom that the full proof has explained further up."""
        text = self.sentence(firing)
        return (Reason(firing.head, firing.rule.id, text, firing.rule.cites),) if text else ()

    def _leaf(self, atom: clingo.Symbol, depth: int | None) -> tuple[Reason, ...]:
        text = self.says(atom)
        children = () if depth == 0 else self._explain(atom, depth is FULL)
        if text:
            return (Reason(atom, None, text, (), children),)
        return children


def _once(reasons: Collection[Reason]) -> tuple[Reason, ...]:
    """The reasons; what stands among them is not repeated right below them."""
    said = {reason.sentence for reason in reasons}
    return tuple(
        replace(each, children=tuple(one for one in each.children if one.sentence not in said))
        if any(one.sentence in said for one in each.children)
        else each
        for each in reasons
    )


def _deeper(one: int | None, other: int | None) -> bool:
    """Whether a depth shows more than another."""
    return other is not None and (one is None or one > other)


def rules_of(reasons: Iterable[Reason]) -> Mapping[str, int]:
    """How often each rule appears in these trees, by id in order of appearance."""
    counts: dict[str, int] = {}
    stack = list(reasons)[::-1]
    while stack:
        reason = stack.pop()
        if reason.rule_id is not None:
            counts[reason.rule_id] = counts.get(reason.rule_id, 0) + 1
        stack.extend(reason.children[::-1])
    return counts
