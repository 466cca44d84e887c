"""Owns the proof that a change of rules changes nothing: the changed rules beside their old ones.

Every encounter of the bound is left open, and roles are any that one of the rulebooks accepts.
The predicates of the changed rules are derived twice, from the old rules and, under names that
begin with `second_`, from the new ones; what everything else rests on can differ only if they do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from clingo.ast import AST, ASTType

from infusion_asp.author.comparing.change import Change
from infusion_asp.author.comparing.side import Book
from infusion_asp.author.layers import PLAYS, SECOND, VIOLATES, Signature, closure, heads, renamed
from infusion_asp.author.proof import CHOOSE, OPTION, size_of
from infusion_asp.author.proving.space import (
    READ_BY,
    Reads,
    Space,
    fields_of,
    fires,
    generator,
    instants_of,
    kinds_read,
)
from infusion_asp.engine import search
from infusion_asp.facts.policies import policy_symbol
from infusion_asp.rulebook.atoms import Place, Use

BECAUSE: Signature = ("because", 2)
STANDARD = (15, 30, 60, 90)
OUTPUTS: frozenset[Signature] = frozenset(
    {
        *(("line", 5), ("unreported", 2), ("finding", 3), ("claim_finding", 4)),
        *(("earned", 7), ("line_member", 4), ("not_evaluated", 1), ("claim_evidence", 2)),
        *(("drug_mark", 1), ("drug_tolerated", 1), ("opened_pair", 1), ("kept_modifier", 1)),
        *(("repeat_modifier", 1), ("claim_member", 2)),
    }
)
CLAIMS = (("facility", "cpt"), ("professional", "cpt"), ("facility", "medicare"))


@dataclass(frozen=True)
class Equal:
    """What the search found: nothing (proved) or the fields of an encounter that may differ."""

    fields: dict[str, str] | None
    size: int
    seconds: float
    kinds: tuple[str, ...]
    boundaries: tuple[int, ...]


def look(
    change: Change,
    level: int,
    administrations: int,
    opened: Collection[str],
    *,
    seconds: float,
    megabytes: int,
    avoiding: Sequence[Mapping[str, str]] = (),
) -> Equal | None:
    """Search for an encounter on which the changed rules say something else.

    `level` is how far the change is followed: 0 compares what the changed rules derive, 1 what
    rests on it directly, and so on. None where it cannot be followed so far. Raises TimeLimit,
    MemoryLimit.
    """
    second_copy, goal = followed(change, level)
    if PLAYS in second_copy:
        return None
    if not goal:  # nothing rests on it
        return Equal(None, 0, 0.0, (), ())
    book = change.books[0]
    fixed = {name: values[0] for name, values in book.policies.items() if name not in opened}
    old = [pair for pair in change.old if fires(pair[1], fixed)]
    new = [pair for pair in change.new if fires(pair[1], fixed)]
    needed = closure(set(goal), old) | closure(set(goal), new)
    if needed & {PLAYS, VIOLATES}:
        needed |= closure({PLAYS, VIOLATES}, old) | closure({PLAYS, VIOLATES}, new)
    program = [pair for pair in old if heads(pair[1]) & needed]
    second = [pair for pair in new if heads(pair[1]) & second_copy and heads(pair[1]) & needed]
    read = [found for _, found in (*program, *second)]
    space = Space(
        administrations=administrations,
        claims=CLAIMS,
        kinds=tuple({*kinds_read(read), "times"} & set(READ_BY)),
        boundaries=instants_of(read, fixed) or STANDARD,
    )
    if administrations == 1:
        space = replace(space, accesses=1, visits=1)
    parts = [*_given(space, change.books, opened, Reads.of(read).policies), generator()]
    parts += [str(statement) for statement, _ in program]
    parts += map(str, renamed((statement for statement, _ in second), frozenset(second_copy)))
    parts += [f"#defined {SECOND}{name}/{arity}." for name, arity in sorted(second_copy)]
    parts += _differ(goal, bool(needed & {PLAYS}))
    parts += [_not_again(each) for each in avoiding]
    done = search(
        "\n".join(parts), shown=[CHOOSE], facts=[OPTION], seconds=seconds, megabytes=megabytes
    )
    fields = fields_of(done.models[0]) if done.models else None
    took = done.grounding + done.solving
    return Equal(fields, size_of(done.facts), took, space.kinds, space.boundaries)


def followed(change: Change, level: int) -> tuple[set[Signature], set[Signature]]:
    """The predicates derived twice, and those of them that are compared."""
    renewed = _with_circles(change)
    affected = set(change.only_old), set(change.only_new)
    reading: set[Signature] = set()
    for step in range(level + 1):
        reading = set()
        for rules, places in zip((change.old, change.new), affected, strict=True):
            for at, (_, found) in enumerate(rules):
                if at not in places and _reads(found, renewed, change):
                    reading |= heads(found) - renewed
        if step < level:
            renewed = renewed | reading
    compared = {each for each in renewed if each in OUTPUTS or each == VIOLATES}
    for rules in (change.old, change.new):
        for _, found in rules:
            if not heads(found) <= renewed and _reads(found, renewed, change):
                compared |= {use.signature for use in found if not use.in_head} & renewed
    return renewed, compared - {BECAUSE}


def _reads(found: tuple[Use, ...], renewed: set[Signature], change: Change) -> bool:
    """Whether a rule reads one of these predicates where a changed rule may derive it."""
    own = change.heads
    for use in found:
        if use.in_head or use.signature not in renewed:
            continue
        if use.signature not in own:
            return True
        if use.signature in change.ruled:  # may differ beyond the changed heads
            return True
        if any(_meet(use, head) for head in change.head_uses if head.signature == use.signature):
            return True
    return False


def _meet(one: Use, other: Use) -> bool:
    """Whether no constant argument of one stands against another constant."""
    pairs = zip(one.arguments, other.arguments, strict=True)
    return all(str(a) == str(b) or not (_constant(a) and _constant(b)) for a, b in pairs)


def _constant(term: AST) -> bool:
    return term.ast_type == ASTType.SymbolicTerm or (
        term.ast_type == ASTType.Function and bool(term.name) and not term.arguments
    )


def _differ(goal: Collection[Signature], chosen: bool) -> list[str]:
    """Some atom that only one side derives, where a rulebook accepts the roles."""
    texts: list[str] = []
    accepted = ["accepted :- not violates(_, _)."] if chosen else ["accepted."]
    for name, arity in sorted(goal):
        variables = ", ".join(f"X{at}" for at in range(arity))
        one = f"{name}({variables})" if arity else name
        other = SECOND + one
        if (name, arity) == VIOLATES:
            accepted.append(f"accepted :- not {SECOND}violates(_, _).")
            texts.append(
                "differ :- violates(_, _), not second_violates(_, _)."
                "differ :- second_violates(_, _), not violates(_, _)."
            )
            continue
        texts.append(f"differ :- {one}, not {other}. differ :- {other}, not {one}.")
    return [*accepted, ":- not accepted.", *texts, ":- not differ."]


def _not_again(fields: Mapping[str, str]) -> str:
    return f":- {', '.join(f'choose({name}, {value})' for name, value in fields.items())}."


def _given(
    space: Space, books: tuple[Book, Book], opened: Collection[str], read: Collection[str]
) -> list[str]:
    """Facts of the generator, from what both sides say of themselves."""
    signatures = {each for book in books for each in book.signatures}
    found = [f"#defined {name}/{arity}." for name, arity in sorted(signatures)]
    found += [f'admin("a{at}", {at}).' for at in range(1, space.administrations + 1)]
    found += [f'access("l{at}", {at}).' for at in range(1, space.accesses + 1)]
    found += [f'visit("v{at}", {at}).' for at in range(1, space.visits + 1)]
    found += [f"opened({kind})." for kind in space.kinds]
    found += [f"boundary({value})." for value in space.boundaries]
    for setting, payer in space.claims:
        found.append(f'claim({setting}, "{payer}").')
        for book in books:
            for rule in book.in_force.get(f"{setting} {payer}", ()):
                found.append(f'holds({setting}, "{payer}", "{rule}").')
    for name, values in books[0].policies.items():
        for value in values if name in opened else values[:1]:
            if name in read:
                given, chosen = policy_symbol(name, value).arguments
                found.append(f"open_policy({given}, {chosen}).")
    return found


def _with_circles(change: Change) -> set[Signature]:
    """The changed predicates, and those that rest on them while they rest on these."""
    changed = set(change.heads)
    if PLAYS in changed:
        return changed
    for rules in (change.old, change.new):
        behind = closure(set(changed), rules)
        above = set(changed)
        size = 0
        while size != len(above):
            size = len(above)
            for _, found in rules:
                if any(use.signature in above and not use.in_head for use in found):
                    above |= heads(found)
        changed |= (behind & above) - {PLAYS, VIOLATES}
    return changed


ALWAYS = (
    *("admin", "visit", "access", "access_kind", "access_charted", "route_charted", "components"),
    *("unknown_member", "ingredient", "instant", "segment", "record_end", "day", "first_day"),
    *("setting", "in_force", "policy"),
)


def out_of_reach(change: Change) -> tuple[str, ...]:
    """Inputs without which a changed rule can't fire, and which the generator never gives.

    A search that finds nothing would then say nothing.
    """
    given = {*ALWAYS, *(name for names in READ_BY.values() for name in names)}
    missing: set[str] = set()
    for rules, places in ((change.old, change.only_old), (change.new, change.only_new)):
        reached = {
            use.signature for _, found in rules for use in found if use.signature[0] in given
        }
        size = -1
        while size != len(reached):
            size = len(reached)
            for _, found in rules:
                if all(use.signature in reached for use in found if use.place is Place.BODY):
                    reached |= heads(found)
        derived = {each for _, found in rules for each in heads(found)}
        for at in places:
            needs = [use.signature for use in rules[at][1] if use.place is Place.BODY]
            lacking = [each for each in needs if each not in reached]
            behind = closure(set(lacking), rules) if lacking else set()
            missing |= {name for name, arity in behind if (name, arity) not in derived | reached}
    return tuple(sorted(missing))
