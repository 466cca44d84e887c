"""Owns the faults that need another record beside the claim, or none of it at all."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from benchmarks.fault_claims import Billed, Claim, Record, scored
from benchmarks.fault_kit import (
    DISTINCT,
    EITHER,
    INITIAL_OF,
    LATER_OF,
    OVER,
    Fault,
    breaks,
    fault,
    of_codes,
)
from infusion_asp.model import Result

SHORT = 30  # minutes of hydration that are nothing
HOSPITAL = 22  # place of service
VISIT = {"professional": "99213", "facility": "99284"}
CHEMOTHERAPY = ("96409", "96411", "96413", "96417")
NO_SERVICE = ("keep_open", "flush", "diluent")
WITHOUT_TIMES = (
    "second initial",
    "five units of an initial code",
    "add-on without parent",
    "MUE exceeded",
    "NCCI pair",
    "code of another setting",
    "25 missing",
    "orphan add-on",
)


@breaks("hydration of 30 minutes or less")
def _short_hydration(claim: Claim) -> Iterator[Fault]:
    """Hydration that is not reported for its minutes; and reported hydration, cut short."""
    kind = "hydration of 30 minutes or less"
    code = _hydration_code(claim)
    for each in claim.result.not_reported:
        given = claim.given[each.administration]
        minutes = _minutes(given)
        if _hydration(given) and minutes is not None and minutes <= SHORT:
            lines = [*claim.lines, Billed(code)]
            what = f"{code} for {minutes} minutes of {each.administration}"
            yield from fault(kind, claim, what, lines, {code}, OVER)
    for line in of_codes(claim, ("96360", "96361")):
        name, *more = dict.fromkeys(line.administrations)
        given = claim.given[name]
        if more or line.units > 1 or _minutes(given) is None or given.get("pauses"):
            continue
        start = datetime.fromisoformat(given["start"])
        if any(_minutes(each) and _beside(given, each) for each in claim.given.values()):
            continue
        record = _changed(claim.record, name, stop=_text(start + timedelta(minutes=SHORT)))
        yield from _no_longer(kind, claim, record, line, f"{name} ran {SHORT} minutes")


@breaks("hydration concurrent")
def _concurrent_hydration(claim: Claim) -> Iterator[Fault]:
    """Hydration that runs while a drug infusion runs through the same access."""
    kind = "hydration concurrent"
    infusions = [
        each
        for line in of_codes(claim, ("96413", "96417", "96365", "96367"))
        for each in (claim.given[name] for name in line.administrations)
        if (_minutes(each) or 0) > SHORT and not each.get("pauses")
    ]
    for line in of_codes(claim, ("96360", "96361")):
        name, *more = dict.fromkeys(line.administrations)
        if more or line.units > 1 or not infusions:
            continue
        drug = max(infusions, key=lambda each: (_minutes(each) or 0, each["id"]))
        same = {key: drug[key] for key in ("access", "visit", "start", "stop") if key in drug}
        record = _changed(claim.record, name, **same)
        what = f"{name} ran beside {drug['id']}"
        yield from _no_longer(kind, claim, record, line, what)
    for each in claim.result.not_reported:
        given = claim.given[each.administration]
        if _hydration(given) and (_minutes(given) or 0) > SHORT and _covered(given, infusions):
            lines = [*claim.lines, Billed("96361")]
            what = f"96361 for {each.administration} beside a drug"
            yield from fault(kind, claim, what, lines, {"96361"}, OVER)


def _beside(given: Record, other: Record) -> bool:
    """Whether something else runs while a fluid runs."""
    first, last = max(given["start"], other["start"]), min(given["stop"], other["stop"])
    return given is not other and bool(first < last)


def _covered(given: Record, infusions: list[Record]) -> bool:
    return any(
        one["start"] <= given["start"]
        and given["stop"] <= one["stop"]
        and one.get("access") == given.get("access")
        for one in infusions
    )


@breaks("repeat of a drug billed again")
def _repeat_again(claim: Claim) -> Iterator[Fault]:
    """A push that is part of another, or a repeat without a code, billed as a new one."""
    reported = _drugs(claim, [line.code for line in claim.lines])
    chemotherapy = _drugs(claim, CHEMOTHERAPY)
    for each in claim.result.not_reported:
        given = claim.given[each.administration]
        push = given.get("method") == "push" and given.get("purpose") not in NO_SERVICE
        if push and given.get("ordered") is not False and _drug(given) in reported:
            code = "96411" if _drug(given) in chemotherapy else "96375"
            lines = [*claim.lines, Billed(code)]
            what = f"{code} for {each.administration} again"
            yield from fault("repeat of a drug billed again", claim, what, lines, {code}, OVER)


def _drugs(claim: Claim, codes: Iterable[str]) -> set[str]:
    """The drugs that earn the lines of some codes."""
    names = {name for line in of_codes(claim, codes) for name in line.administrations}
    return {_drug(claim.given[name]) for name in names & set(claim.given)}


@breaks("never a service of its own")
def _never_a_service(claim: Claim) -> Iterator[Fault]:
    """Flushes, fluids that keep a line open, what belongs to a procedure, what nobody ordered."""
    kind = "never a service of its own"
    for each in claim.result.not_reported:
        given = claim.given[each.administration]
        if (
            given.get("purpose") in NO_SERVICE
            or given.get("integral_to")
            or given.get("category") in ("contrast", "anesthetic")
            or given.get("ordered") is False
        ):
            code = "96375" if given.get("method") == "push" else "96361"
            lines = [*claim.lines, Billed(code)]
            what = f"{code} for {each.administration}"
            yield from fault(kind, claim, what, lines, {code}, OVER)
    for line in of_codes(claim, ("96375", "96367", "96361", "96372")):
        name, *more = dict.fromkeys(line.administrations)
        if not more and line.units == 1:
            record = _changed(claim.record, name, ordered=False)
            yield from _no_longer(kind, claim, record, line, f"nobody ordered {name}")


@breaks("wrong setting")
def _hospital_place(claim: Claim) -> Iterator[Fault]:
    """An office claim for what the patient got in a hospital department."""
    if claim.setting != "professional" or claim.record.get("place_of_service") not in (None, 11):
        return
    record = {**claim.record, "place_of_service": HOSPITAL}
    result = claim.derived(record)
    if result is None:
        return
    left = {line.code for line in result.lines}
    codes = {line.code for line in claim.lines if line.section != "drug"} - left
    if codes:
        what = f"{', '.join(sorted(codes))} at place of service {HOSPITAL}"
        yield Fault(
            "wrong setting",
            claim.name,
            what,
            claim.billed(claim.lines, record),
            frozenset(codes),
            OVER,
        )


@breaks("25 missing")
def _missing_25(claim: Claim) -> Iterator[Fault]:
    """A visit code without the modifier, among the other services or among the billed lines."""
    code = VISIT[claim.setting]
    if claim.record.get("other_services") or not claim.codes & {*LATER_OF, "96372", "96401"}:
        return
    record = {**claim.record, "other_services": [{"code": code, "units": 1, "modifiers": []}]}
    result = claim.derived(record)
    if result is None or _counted(result) != _counted(claim.result):
        return
    what = f"{code} without 25"
    beside = claim.billed(claim.lines, record)
    yield Fault("25 missing", claim.name, what, beside, frozenset({code}), EITHER)
    lines = [*claim.lines, Billed(code)]
    yield from fault("25 missing", claim, f"{what}, billed", lines, {code}, EITHER)


@breaks("orphan add-on")
def _orphan(claim: Claim) -> Iterator[Fault]:
    """An add-on code that stands alone on the claim."""
    for line in claim.lines:
        if claim.tables.edits.parents(line.code, claim.setting):
            lines = [line]
            what = f"{line.code} alone"
            yield from fault("orphan add-on", claim, what, lines, {line.code}, EITHER)
            return


def with_visit_code(claim: Claim) -> dict[str, Any] | None:
    """The right claim beside a visit code that has its modifier; None where that changes lines."""
    code = VISIT[claim.setting]
    if claim.record.get("other_services") or not claim.codes & {*LATER_OF, "96372", "96401"}:
        return None
    visit = {"code": code, "units": 1, "modifiers": ["25"]}
    record = {**claim.record, "other_services": [visit]}
    result = claim.derived(record)
    if result is None or _counted(result) != _counted(claim.result):
        return None
    return claim.billed(claim.lines, record)


def without_record(found: Fault) -> Fault | None:
    """The fault on a claim of which only the billed lines are known; None where times decide."""
    if found.kind not in WITHOUT_TIMES:
        return None
    if found.kind == "second initial" and not _double(found):
        return None
    bare = bare_claim(found.record)
    kind = f"claim only: {found.kind}"
    return Fault(kind, found.claim, found.what, bare, found.codes, EITHER, found.touched)


def denied_alone(claim: Claim) -> bool:
    """Whether the MUE or the add-on table denies a right claim, which needs no record to see."""
    units: Counter[str] = Counter()
    for line in claim.lines:
        units[line.code] += line.units
    limits = {code: claim.tables.edits.mue(code, claim.setting) for code in units}
    if any(limit and units[code] > limit.units for code, limit in limits.items()):
        return True
    parents = [claim.tables.edits.parents(code, claim.setting) for code in units]
    return any(rows and not any(row.primary in units for row in rows) for rows in parents)


def bare_claim(record: Record) -> dict[str, Any]:
    """A claim without anything of the record but who pays, where, and what is billed."""
    kept = ("encounter_id", "setting", "payer", "place_of_service", "other_services", "billed")
    return {key: copy.deepcopy(record[key]) for key in kept if key in record}


def _double(found: Fault) -> bool:
    """Whether two units of initial codes stand on the claim without a modifier."""
    first = [
        line
        for line in found.record["billed"]
        if line["code"] in LATER_OF and not DISTINCT & set(line.get("modifiers", ()))
    ]
    return sum(int(line["units"]) for line in first) > 1


def _no_longer(kind: str, claim: Claim, record: Record, line: Billed, what: str) -> Iterator[Fault]:
    """The claim as it was, where the record now supports all of it but one line."""
    result = claim.derived(record)
    if result is None or result.alternatives:
        return
    now = _counted(result)
    before = _counted(claim.result)
    gone = before - now
    if now - before or set(gone) != {(line.code, tuple(sorted(line.modifiers)))}:
        return
    broken = claim.billed(claim.lines, record)
    yield Fault(kind, claim.name, f"{line.code}: {what}", broken, frozenset({line.code}), OVER)


def _counted(result: Result) -> Counter[tuple[str, tuple[str, ...]]]:
    lines = [
        Billed(line.code, line.units, tuple(line.modifiers))
        for line in result.lines
        if line.section != "drug"
    ]
    return scored(lines)


def _changed(record: Record, name: str, **values: Any) -> dict[str, Any]:
    given = [
        {**each, **values} if each["id"] == name else each for each in record["administrations"]
    ]
    return {**record, "administrations": given}


def _hydration_code(claim: Claim) -> str:
    return "96361" if claim.codes & set(LATER_OF) or claim.codes & set(INITIAL_OF) else "96360"


def _hydration(given: Record) -> bool:
    kinds = (given.get("category"), given.get("purpose"))
    return "hydration" in kinds and given.get("purpose") not in NO_SERVICE


def _minutes(given: Record) -> int | None:
    if "start" not in given or "stop" not in given:
        return None
    length = datetime.fromisoformat(given["stop"]) - datetime.fromisoformat(given["start"])
    return int(length.total_seconds()) // 60


def _drug(given: Record) -> str:
    return str(given.get("drug", given["id"])).casefold()


def _text(time: datetime) -> str:
    return time.isoformat(timespec="minutes")
