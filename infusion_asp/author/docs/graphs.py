"""Owns which graphs the site draws: of all predicates, of a topic, of one rule."""

from __future__ import annotations

from collections.abc import Iterable

from infusion_asp.author.docs.book import Book, Page, Topic
from infusion_asp.author.docs.graph import Drawing, Item, drawing
from infusion_asp.author.docs.links import Links
from infusion_asp.rulebook.vocabulary import Signature

EVERYWHERE = frozenset({"policy", "threshold"})
"""Predicates that half of the rules read: an edge from them would tell nothing."""


def whole(book: Book, links: Links) -> Drawing:
    """Every predicate, with an edge to each that a rule derives from it."""
    wanted = [each for each in book.known if each[0] not in EVERYWHERE]
    return _drawn(book, links, wanted, (rule.id for rule in book.rulebook.rules))


def of_topic(book: Book, topic: Topic, links: Links) -> Drawing:
    """The predicates of one topic; those of other topics stand apart."""
    ids = [rule.id for rule in topic.rules]
    own = {signature for each in ids for signature, head in book.used[each] if head}
    near = {signature for each in ids for signature, _ in book.used[each]}
    wanted = sorted(each for each in near if each[0] not in EVERYWHERE)
    return _drawn(book, links, wanted, ids, own)


def of_rule(book: Book, page: Page, links: Links) -> Drawing:
    """What a rule reads, the rule, and what it derives."""
    middle = f"rule {page.rule.id}"
    items = {middle: Item(page.rule.id, links.rule(page.rule.id), page.rule.title, "rule")}
    edges = []
    read = {each.label for each in page.reads}
    derived = {each.label for each in page.derives}
    for known in page.reads:
        if known.label not in derived:
            items[known.label] = _item(book, links, (known.name, known.arity))
            edges.append((known.label, middle))
    for known in page.derives:
        kind = "both" if known.label in read else None
        items[known.label] = _item(book, links, (known.name, known.arity), kind)
        edges.append((middle, known.label))
    return drawing(items, edges)


def _drawn(
    book: Book,
    links: Links,
    wanted: Iterable[Signature],
    rules: Iterable[str],
    own: Iterable[Signature] | None = None,
) -> Drawing:
    mine = None if own is None else set(own)
    items = {
        _label(each): _item(
            book, links, each, "far" if mine is not None and each not in mine else None
        )
        for each in wanted
    }
    edges = {
        (_label(read), _label(derived)) for rule in rules for read, derived in book.flows[rule]
    }
    return drawing(items, edges)


def _item(book: Book, links: Links, signature: Signature, kind: str | None = None) -> Item:
    known = book.known[signature]
    given = "input" if known.entry and not known.derived_by else "derived"
    if known.entry and "output" in known.entry.marks:
        given = "output"
    said = "".join(each.text for each in known.says)
    title = f"{known.shape}: {said}" if said else known.shape
    return Item(known.name, links.predicate(*signature), title, kind or given)


def _label(signature: Signature) -> str:
    return f"{signature[0]}/{signature[1]}"
