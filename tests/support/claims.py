"""Right and wrong claims over random encounters, and claims written in another order."""

import copy
import random
from itertools import islice
from typing import Any

from hypothesis import strategies as st

from benchmarks.fault_claims import Claim, claim_of
from benchmarks.fault_kit import BREAKERS, Fault
from infusion_asp.coding import Coder
from infusion_asp.model.verification import Verification
from infusion_asp.rulebook import load_rulebook
from infusion_asp.verify import Verifier
from tests.support.strategies import encounters

VERIFIER = Verifier(Coder(load_rulebook()))
Record = dict[str, Any]


def right_claims(*, dated: bool = True) -> st.SearchStrategy[Claim]:
    """Random encounters billed as derived."""
    made = encounters(5).map(lambda each: claim_of(VERIFIER.coder, "random", each, dated=dated))
    return made.filter(lambda claim: claim is not None and bool(claim.lines))  # type: ignore


@st.composite
def wrong_claims(draw: st.DrawFn) -> Fault:
    """A random encounter billed with one fault."""
    claim = draw(right_claims(dated=draw(st.booleans())))
    for kind in draw(st.permutations(sorted(BREAKERS))):
        if faults := list(islice(BREAKERS[kind](claim), 3)):
            return draw(st.sampled_from(faults))
    return draw(st.nothing())


def rewritten(record: Record, rng: random.Random) -> tuple[Record, dict[int, int]]:
    """The billed lines and their modifiers in another order, and the old index of each line."""
    changed = copy.deepcopy(record)
    order = _equal_in_turn(changed["billed"], rng)
    changed["billed"] = [changed["billed"][old] for old in order]
    for line in changed["billed"]:
        rng.shuffle(line.get("modifiers", []))
    for service in changed.get("other_services", ()):
        rng.shuffle(service.get("modifiers", []))
    rng.shuffle(changed.get("other_services", []))
    return changed, {new: old + 1 for new, old in enumerate(order, 1)}


def _equal_in_turn(billed: list[Record], rng: random.Random) -> list[int]:
    """A random order of the lines in which equal ones, which nothing tells apart, keep theirs."""
    alike: dict[str, list[int]] = {}
    for at, line in enumerate(billed):
        key = repr(sorted({**line, "modifiers": sorted(line.get("modifiers", []))}.items()))
        alike.setdefault(key, []).append(at)
    kinds = [key for key, places in alike.items() for _ in places]
    rng.shuffle(kinds)
    waiting = {key: iter(places) for key, places in alike.items()}
    return [next(waiting[key]) for key in kinds]


def said(found: Verification, places: dict[int, int] | None = None) -> dict[str, Any]:
    """Everything that a verification says, by the old places of the billed lines."""
    read = found.model_dump(mode="json", exclude={"timeline"})
    where = places or {line["index"]: line["index"] for line in read["billed"]}
    for line in read["billed"]:
        line["index"] = where[line["index"]]
        line["modifiers"] = sorted(line["modifiers"])
    for finding in read["findings"]:
        finding["billed"] = sorted(where[index] for index in finding["billed"])
    for edit in read["repair"]:
        if edit["index"] is not None:
            edit["index"] = where[edit["index"]]
        for line in (edit["before"], edit["after"]):
            if line is not None:
                line["modifiers"] = sorted(line["modifiers"])
    read["billed"].sort(key=lambda line: line["index"])
    for name in ("billed", "missed", "findings", "queries", "supported"):
        for each in read[name]:  # named in the order of the record
            each["administrations"].sort()
    for line in read["supported"]:
        line["units_by"].sort(key=repr)
    for name in ("repair", "findings"):
        read[name].sort(key=repr)
    return read
