"""Owns the check of dead statements: no record and no policy makes them true."""

from __future__ import annotations

from collections.abc import Iterator

from clingo.ast import AST, ASTType

from infusion_asp.author.lint.book import Book
from infusion_asp.author.lint.finding import Finding
from infusion_asp.author.lint.firing import POLICY, SETTING, Judged, Possible, spread
from infusion_asp.author.lint.shapes import Atom, known, shape, value
from infusion_asp.facts.policies import policy_symbol
from infusion_asp.rulebook.atoms import Outline
from infusion_asp.rulebook.errors import did_you_mean
from infusion_asp.rulebook.reading import Covered

_ID = "never-fires"


def check_dead(book: Book) -> Iterator[Finding]:
    """Statements that can never fire, with the literal that cannot hold."""
    possible = _given(book)
    replaced = {c.rule.replaces for c in book.reading.rules if not c.rule.conditional}
    payers = {profile.payer for profile in book.policies.profiles.values()}
    rows: list[tuple[Covered, Outline, Judged]] = []
    for covered in book.reading.rules:
        rule = covered.rule
        if rule.id in replaced:
            continue
        if rule.payers and payers and not rule.payers & payers:
            named = ", ".join(sorted(rule.payers))
            said = f"'{rule.id}' can never fire: no profile has the payer {named}"
            cure = did_you_mean(sorted(rule.payers)[0], payers)
            cure = cure or f"profiles are for {', '.join(sorted(payers))}"
            yield book.header(covered, "payers", _ID, said, cure)
        for outline in covered.outlines:
            if outline.statement.ast_type == ASTType.Rule:
                certain = not rule.conditional and rule.id not in replaced
                judged = Judged(shape(outline.statement), rule.settings, certain)
                rows.append((covered, outline, judged))
    fired = spread([judged for _, _, judged in rows], possible)
    for index, (covered, outline, judged) in enumerate(rows):
        if index not in fired:
            node, reason, cure = _why(book, outline, judged, possible)
            said = f"this can never fire: {reason}"
            yield book.at(outline.source, node, _ID, said, cure, covered.rule)


def _given(book: Book) -> Possible:
    """What is given in some run: every value of every policy, every setting, any input."""
    possible = Possible()
    vocabulary = book.reading.vocabulary
    for policy in book.choosable.values():
        for each in policy.values:
            possible.add(POLICY, tuple(map(known, policy_symbol(policy.name, each).arguments)))
    for setting in vocabulary.enums.get("setting", ()):
        possible.add(SETTING, (setting,))
    derived = {u.signature for o in book.reading.outlines for u in o.uses if u.in_head}
    for signature, entry in vocabulary.predicates.items():
        if signature in possible.rows:
            continue
        if "input" in entry.marks or (entry.shared and signature not in derived):
            possible.add(signature, (None,) * signature[1])
    possible.add(("in_force", 1), (None,))
    return possible


def _why(book: Book, outline: Outline, judged: Judged, possible: Possible) -> tuple[AST, str, str]:
    """The first literal that cannot hold by itself, or that all of them contradict each other."""
    for atom in judged.shape.needs:
        if next(possible.matching(atom, {}), None) is None:
            return atom.node, f"{atom.text} never holds", _cure(book, atom, possible)
    for each in judged.shape.compares:
        left, right = value(each.left, {}), value(each.right, {})
        if left is not None and right is not None:
            return (
                each.node,
                f"its comparison with {each.node} is false",
                "delete the statement, or compare a variable",
            )
    said = "its conditions contradict each other under every policy and setting"
    cure = "delete it, or look for a policy asked for twice and for limits that no number meets"
    return outline.statement, said, cure


def _cure(book: Book, atom: Atom, possible: Possible) -> str:
    policies = book.choosable
    if atom.signature == POLICY and policies:
        name, chosen = (str(value(term, {})).strip('"') for term in atom.terms)
        if name not in policies:
            known = ", ".join(policies)
            return did_you_mean(name, policies) or f"policies are {known}"
        values = policies[name].values
        return did_you_mean(chosen, values) or f"values of {name} are {', '.join(values)}"
    rows = possible.rows.get(atom.signature)
    if not rows:
        return f"no rule for {atom.signature[0]}/{atom.signature[1]} can fire; look there first"
    for index, term in enumerate(atom.terms):
        wanted = value(term, {})
        known_values = {str(row[index]) for row in rows if row[index] is not None}
        if wanted is not None and str(wanted) not in known_values:
            near = did_you_mean(str(wanted).strip('"'), {each.strip('"') for each in known_values})
            return near or f"it is only ever {', '.join(sorted(known_values)[:12])}"
    return "its arguments never come together so"
