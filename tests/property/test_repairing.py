"""For every claim: repair leads to the record, no edit is idle, no smaller list exists."""

from __future__ import annotations

from collections import Counter
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from infusion_asp.model.verification import ClaimLine, Edit
from infusion_asp.tables import load_tables
from infusion_asp.verify.money import Money
from infusion_asp.verify.pairing import Billed
from infusion_asp.verify.repair import repair, repaired

MONEY = Money(load_tables(), "facility", date(2025, 11, 3))
COMPARED = {"59": "59", "XS": "59"}

LINES = st.builds(
    ClaimLine,
    code=st.sampled_from(["96365", "96366", "96367", "96375"]),
    units=st.integers(1, 3),
    modifiers=st.sampled_from([(), (), ("59",), ("XS",), ("GA",)]),
    date=st.sampled_from([None, date(2025, 11, 3)]),
)
DATED = LINES.map(lambda line: line.model_copy(update={"date": line.date or date(2025, 11, 4)}))
CLAIMS = st.one_of(
    st.lists(DATED, max_size=5),
    st.lists(LINES.map(lambda line: line.model_copy(update={"date": None})), max_size=5),
)


def found_in(lines: list[ClaimLine], supported: list[ClaimLine]) -> bool:
    """Whether the lines bill what is supported, over all dates."""

    def units(of: list[ClaimLine]) -> Counter[object]:
        sums: Counter[object] = Counter()
        for line in of:
            marks = frozenset(COMPARED[each] for each in line.modifiers if each in COMPARED)
            sums[line.code, marks] += line.units
        return sums

    return units(lines) == units(supported)


def of(lines: list[ClaimLine]) -> list[Billed]:
    return [Billed(index, line) for index, line in enumerate(lines, 1)]


@settings(max_examples=150, deadline=None)
@given(CLAIMS, st.lists(DATED, max_size=5))
def test_the_repaired_claim_is_the_record_and_no_edit_is_idle(
    billed: list[ClaimLine], supported: list[ClaimLine]
) -> None:
    edits = repair(of(billed), supported, MONEY, compared=COMPARED)
    assert found_in(list(repaired(of(billed), edits)), supported)
    assert len({each.index for each in edits if each.index}) == sum(1 for e in edits if e.index)
    for each in edits:
        others = [edit for edit in edits if edit is not each]
        assert not found_in(list(repaired(of(billed), others)), supported)


@settings(max_examples=100, deadline=None)
@given(st.data(), CLAIMS, st.lists(DATED, max_size=5))
def test_the_order_of_lines_changes_nothing(
    data: st.DataObject, billed: list[ClaimLine], supported: list[ClaimLine]
) -> None:
    one = repair(of(billed), supported, MONEY, compared=COMPARED)
    other = repair(
        of(data.draw(st.permutations(billed))),
        data.draw(st.permutations(supported)),
        MONEY,
        compared=COMPARED,
    )
    assert sorted(map(words, one)) == sorted(map(words, other))


@settings(max_examples=1500, deadline=None)
@given(st.lists(LINES, max_size=3), st.lists(LINES, max_size=2))
def test_no_smaller_list_of_edits_exists(
    billed: list[ClaimLine], supported: list[ClaimLine]
) -> None:
    """Against all lists of at most two changes, tried out."""
    undated = [line.model_copy(update={"date": None}) for line in billed]
    target = [line.model_copy(update={"date": None}) for line in supported]
    fewest = len(repair(of(undated), target, MONEY, compared=COMPARED))
    assert not fewest or not reachable(undated, target, min(fewest - 1, 2))


def reachable(lines: list[ClaimLine], target: list[ClaimLine], steps: int) -> bool:
    if found_in(lines, target):
        return True
    if not steps:
        return False
    codes = {line.code for line in target}
    marks = {line.modifiers for line in target}
    counts = range(1, sum(line.units for line in target) + 1)
    for at, line in enumerate(lines):
        rest = lines[:at] + lines[at + 1 :]
        versions = (
            [line.model_copy(update={"code": each}) for each in codes]
            + [line.model_copy(update={"modifiers": each}) for each in marks]
            + [line.model_copy(update={"units": each}) for each in counts]
        )
        if reachable(rest, target, steps - 1):
            return True
        if any(reachable([*rest, each], target, steps - 1) for each in versions if each != line):
            return True
    sums: Counter[object] = Counter()
    for line in target:
        sums[line.code, line.modifiers] += line.units
    if steps == 1 or len(lines) < len(target):
        for line in target:
            for units in counts:
                added = line.model_copy(update={"units": units})
                if reachable([*lines, added], target, steps - 1):
                    return True
    return False


def words(edit: Edit) -> str:
    return edit.model_copy(update={"index": None}).model_dump_json()
