"""Owns `justify`: the reasons of one answer, found when asked for and kept."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Sequence
from functools import cache, cached_property, lru_cache

import clingo

from infusion_asp.engine import Answer
from infusion_asp.engine.answer import Signature
from infusion_asp.engine.provenance_run import AtomsOf, ProvenanceRun
from infusion_asp.facts.known import function
from infusion_asp.justify.contrast import Contrast, RoleReasons, role_reasons
from infusion_asp.justify.dependence import PLAYS
from infusion_asp.justify.firings import Firing, FiringStore
from infusion_asp.justify.provenance import Provenance, statements_of
from infusion_asp.justify.roles import RoleProgram, build_roles
from infusion_asp.justify.sentences import Names
from infusion_asp.justify.tree import FULL, Reason, TreeBuilder
from infusion_asp.rulebook import Rulebook

DEPTH = 2
"""Levels of reasons below an atom unless the full proof is asked for."""

BECAUSE = "because"
"""`because(Rule, Evidence)`: where a rulebook says what a broken constraint rests on."""

_Programs = tuple[Provenance, RoleProgram]
_PROGRAMS: weakref.WeakKeyDictionary[Rulebook, _Programs] = weakref.WeakKeyDictionary()


class Justification:
    """Why one answer holds. Firings are computed on demand; ask for many atoms at once."""

    def __init__(
        self,
        rulebook: Rulebook,
        atoms_of: AtomsOf,
        names: Names,
    ) -> None:
        self._atoms_of = atoms_of
        self._names = names
        self._run = ProvenanceRun(atoms_of)
        self._rule_ids = [rule.id for rule in rulebook.rules]
        provenance, self._role_program = _programs(rulebook)
        self._store = FiringStore(provenance, atoms_of)
        self._trees = TreeBuilder(self._store, rulebook.vocabulary, names, self._role_children)

    @property
    def names(self) -> Names:
        """What the sentences call things."""
        return self._names

    @cached_property
    def firings(self) -> tuple[Firing, ...]:
        """Every firing behind every derived atom of the answer (slow: grounds all rules)."""
        return self._store.everything()

    def of(self, atom: clingo.Symbol) -> tuple[Firing, ...]:
        """The firings that derived an atom, in rule order; empty for inputs and roles."""
        return self._store.of(atom)

    def prefetch(self, atoms: Iterable[clingo.Symbol], depth: int | None = DEPTH) -> None:
        """Prepare the trees of many atoms, and of roles, together: one grounding per level."""
        roles = dict.fromkeys(self._atoms_of((BECAUSE, 2)), depth if depth is FULL else 0)
        self._trees.prefetch({**roles, **dict.fromkeys(atoms, depth)})

    def tree(self, atom: clingo.Symbol, depth: int | None = DEPTH) -> Reason:
        """The reason of an atom by its first derivation, with `depth` levels below it.

        With depth None (FULL) everything down to the record is shown, each atom explained once.
        """
        return self._trees.tree(atom, depth)

    def trees(self, atom: clingo.Symbol, depth: int | None = DEPTH) -> tuple[Reason, ...]:
        """The same; with the full proof one reason for every derivation of the atom."""
        return self._trees.trees(atom, depth)

    def sentences(self, atom: clingo.Symbol) -> tuple[str, ...]:
        """The sentences of all rules that derived an atom, in rule order, without repeats."""
        texts = (self._trees.sentence(firing) for firing in self.of(atom))
        return tuple(dict.fromkeys(text for text in texts if text))

    def help(self, firing: Firing) -> str:
        """The help text of a firing's rule, with its bindings."""
        return self._trees.help(firing)

    def says(self, atom: clingo.Symbol) -> str:
        """What an atom says, by its sentence in the vocabulary; empty where it has none."""
        return self._trees.says(atom)

    @cached_property
    def roles(self) -> dict[clingo.Symbol, RoleReasons]:
        """Why each service plays its role, by service."""
        return role_reasons(self._role_program, self._run, self._atoms_of(PLAYS))

    def role_children(self, service: clingo.Symbol, *, full: bool = False) -> tuple[Reason, ...]:
        """The reasons for a service's role: rivals that it outranks, then every other role.

        What it outranks is one sentence where the rulebook says why (`because`), one rival for
        each rule that decided; for each other role the first broken constraint by header order.
        With `full` all rivals and all broken constraints.
        """
        reasons = self.roles.get(service)
        if reasons is None:
            return ()
        made = list(self._rivals(reasons, full))
        won = bool(made)
        for found in reasons.instead.values():
            said = [self._contrast(each, full) for each in found if not won or not each.alone]
            said = [reason for reason in said if reason.sentence]
            made += said if full else said[:1]
        return tuple({reason.sentence: reason for reason in made if reason.sentence}.values())

    @cached_property
    def _grounds(self) -> frozenset[clingo.Symbol]:
        return frozenset(self._atoms_of((BECAUSE, 2)))

    def _rivals(self, reasons: RoleReasons, full: bool) -> Iterable[Reason]:
        """What a service outranks: joined in one sentence if explained, else one by one."""
        contrasts = [self._contrast(each, full) for each in reasons.rivals]
        decided: dict[str, list[Reason]] = {}
        for contrast in contrasts:
            for child in contrast.children:
                decided.setdefault(child.rule_id or "", []).append(child)
        order = {rule_id: place for place, rule_id in enumerate(self._rule_ids)}
        shown = [
            child
            for rule_id in sorted(decided, key=lambda found: order.get(found, len(order)))
            for child in (decided[rule_id] if full else decided[rule_id][:1])
        ]
        if not shown:
            return contrasts if full else ()
        first = contrasts[0]
        role = str(reasons.role).replace("_", " ")
        sentence = f"{role}: {'; '.join(child.sentence for child in shown)}"
        cites = tuple(dict.fromkeys(cite for child in shown for cite in child.citations))
        return (Reason(first.atom, shown[0].rule_id, sentence, cites),)

    def _contrast(self, contrast: Contrast, full: bool) -> Reason:
        """A broken constraint, with what it rests on: `because(Rule, Evidence)` of the answer."""
        rule = contrast.rule
        arguments = [function(rule.id, []), contrast.evidence]
        grounds = function(BECAUSE, arguments)
        known = grounds in self._grounds
        children = self._trees.trees(grounds, FULL if full else 0) if known else ()
        atom = function("violates", arguments)
        return Reason(atom, rule.id, contrast.sentence(self._names), rule.cites, children)

    def _role_children(self, atom: clingo.Symbol, full: bool) -> tuple[Reason, ...]:
        if atom.name != PLAYS[0] or len(atom.arguments) != PLAYS[1]:
            return ()
        return self.role_children(atom.arguments[0], full=full)


def justify(
    rulebook: Rulebook,
    answer: Answer,
    shared: Sequence[clingo.Symbol] = (),
    names: Names | None = None,
    *,
    atoms: Iterable[clingo.Symbol] = (),
    depth: int | None = DEPTH,
) -> Justification:
    """Explain an answer; `shared` are the facts that it was solved with beside its own atoms.

    `atoms` (the lines, findings, ...) are prepared to `depth` at once; everything else is found
    when it is asked for.
    """
    extra = _grouped(tuple(shared))

    @cache
    def atoms_of(key: Signature) -> Sequence[clingo.Symbol]:
        own = answer.atoms.get(key, ())
        return tuple(dict.fromkeys((*own, *extra[key]))) if key in extra else own

    made = Justification(rulebook, atoms_of, names or Names())
    made.prefetch(atoms, depth)
    return made


@lru_cache(maxsize=16)
def _grouped(shared: tuple[clingo.Symbol, ...]) -> dict[Signature, tuple[clingo.Symbol, ...]]:
    found: dict[Signature, list[clingo.Symbol]] = {}
    for symbol in shared:
        found.setdefault((symbol.name, len(symbol.arguments)), []).append(symbol)
    return {key: tuple(symbols) for key, symbols in found.items()}


def coverage(firings: Iterable[Firing]) -> tuple[str, ...]:
    """Ids of the rules that fired, in order of their first firing."""
    return tuple(dict.fromkeys(firing.rule.id for firing in firings))


def _programs(rulebook: Rulebook) -> _Programs:
    found = _PROGRAMS.get(rulebook)
    if found is None:
        pairs = tuple(statements_of(rulebook))
        found = (Provenance(pairs), build_roles(pairs))
        _PROGRAMS[rulebook] = found
    return found


__all__ = ["DEPTH", "FULL", "Justification", "coverage", "justify"]
