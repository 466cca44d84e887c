"""Owns which times and amounts of a record can be moved, in which direction and how far."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from infusion_asp.explain.limits import farthest
from infusion_asp.explain.search import Change, Track
from infusion_asp.explain.variations import changed
from infusion_asp.model import Encounter, InputError
from infusion_asp.rulebook import Rulebook

_MINUTE = timedelta(minutes=1)
_TIMES = ("start", "stop", "last_charted")
_ENDS = ("arrival", "departure", "inpatient_order")
AMOUNTS = {"volume_ml": "millilitres", "rate_ml_per_hr": "millilitres an hour"}


def times(encounter: Encounter) -> Iterator[tuple[str, datetime]]:
    """Every charted time with its path: administrations first, then visits and the encounter."""
    for given in encounter.administrations:
        for name in _TIMES:
            if (time := getattr(given, name)) is not None:
                yield f"{given.id}.{name}", time
        for index, pause in enumerate(given.pauses):
            yield f"{given.id}.pauses.{index}.start", pause.start
            yield f"{given.id}.pauses.{index}.stop", pause.stop
    for visit in encounter.visits:
        for name in _ENDS[:2]:
            if (time := getattr(visit, name)) is not None:
                yield f"{visit.id}.{name}", time
    for name in _ENDS:
        if (time := getattr(encounter, name)) is not None:
            yield name, time


def amounts(encounter: Encounter) -> Iterator[tuple[str, Decimal]]:
    """Every charted volume and rate with its path."""
    for given in encounter.administrations:
        for name in AMOUNTS:
            if (amount := getattr(given, name)) is not None:
                yield f"{given.id}.{name}", amount


def time_tracks(encounter: Encounter, rulebook: Rulebook) -> list[Track]:
    """Every charted time, earlier and later, as far as the record stays without contradiction."""
    charted = list(times(encounter))
    far = farthest(rulebook, "_minutes")
    tracks = []
    for path, time in charted:
        for sign in (-1, 1):
            gaps = (sign * ((other - time) // _MINUTE) for _, other in charted)
            meetings = tuple(sorted({gap for gap in gaps if 0 < gap < far}))
            tracks.append(_time_track(encounter, path, time, sign, far, meetings))
    return [track for track in tracks if track.limit]


def _time_track(
    encounter: Encounter, path: str, time: datetime, sign: int, far: int, meetings: tuple[int, ...]
) -> Track:
    def at(distance: int) -> Change:
        return {path: time + sign * distance * _MINUTE}

    track = Track(path, sign, far, at, meetings)
    track.limit = _possible(encounter, track)
    return track


def amount_tracks(encounter: Encounter, rulebook: Rulebook) -> list[Track]:
    """Every charted volume and rate, less and more, in whole steps."""
    far = farthest(rulebook, "_ml")
    tracks = []
    for path, amount in amounts(encounter):
        for sign in (-1, 1):
            track = _amount_track(path, amount, sign, max(far, int(amount)))
            track.limit = _possible(encounter, track)
            tracks.append(track)
    return [track for track in tracks if track.limit]


def _amount_track(path: str, amount: Decimal, sign: int, far: int) -> Track:
    def at(distance: int) -> Change:
        return {path: amount + sign * distance}

    return Track(path, sign, far, at)


def _possible(encounter: Encounter, track: Track) -> int:
    """The largest distance up to the limit at which the record does not contradict itself."""
    low, high = 0, track.limit + 1
    while high - low > 1:
        middle = (low + high) // 2
        try:
            changed(encounter, track.at(middle))
        except InputError:
            high = middle
        else:
            low = middle
    return low
