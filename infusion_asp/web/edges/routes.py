"""Owns the addresses of edges; all of them are asked for after the workspace is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from itertools import chain

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from infusion_asp.explain.earning import Moved
from infusion_asp.explain.strip import Stretch
from infusion_asp.web.edges.asked import Asked, edge_of
from infusion_asp.web.edges.axis import Axis
from infusion_asp.web.edges.kept import Kept, Piece
from infusion_asp.web.edges.latest import Latest
from infusion_asp.web.edges.policies import policies_html
from infusion_asp.web.edges.solving import Track, pieces, planned, solved, within
from infusion_asp.web.edges.strip import no_strip, strip_html
from infusion_asp.web.edges.whynot import choice_html, times_to_move, why_not_html
from infusion_asp.web.page import fragment
from infusion_asp.web.security import form_of
from infusion_asp.web.solving import run_slow

GivenUp = Callable[[], Awaitable[bool]]
_latest, _kept = Latest(), Kept()
TOGETHER = 2  # pieces that are solved at the same time
GONE = 204  # nobody waits for the answer any more: htmx puts nothing in


async def strip(request: Request) -> Response:
    """The strip of the selected administration, solved piece by piece while somebody waits."""
    given_up = _given_up(request)
    asked = asked_in(request)
    plan = await run_slow(planned, asked)
    if plan.track is None:
        return fragment(no_strip(plan.why))
    found = await _solved(given_up, asked, plan.track)
    if found is None:
        return Response(status_code=GONE)
    return fragment(await run_slow(strip_html, asked, plan, found))


async def why_not(request: Request) -> Response:
    """Why the code of the form is not reported; with `form`, or no code, the codes as well."""
    told = _fields(request)
    code = told.get("code", "")
    given_up = _given_up(request)
    asked = asked_in(request)
    answer = await _why_not(given_up, asked, code) if code else ""
    if answer is None:
        return Response(status_code=GONE)
    if told.get("form") or not code:
        return fragment(await run_slow(choice_html, asked, code, answer))
    return fragment(answer)


async def _why_not(given_up: GivenUp, asked: Asked, code: str) -> str | None:
    moved: list[Moved] = []
    for track in await run_slow(times_to_move, asked):
        found = await _solved(given_up, asked, track)
        if found is None:
            return None
        moved.append((track.span, found))
    return await run_slow(why_not_html, asked, code, tuple(moved))


async def policies(request: Request) -> Response:
    """The policies of which another value would change the lines."""
    if await _given_up(request)():
        return Response(status_code=GONE)
    return fragment(await run_slow(policies_html, asked_in(request)))


def _given_up(request: Request) -> GivenUp:
    """Whether nobody waits for a request any more: its tab has asked again, or is closed."""
    state = request.scope["state"]
    superseded = _latest.begun(state["session"], _fields(request).get("tab", ""), request.url.path)

    async def found() -> bool:
        return superseded() or await request.is_disconnected()

    return found


async def _solved(given_up: GivenUp, asked: Asked, track: Track) -> tuple[Stretch, ...] | None:
    """The stretches of a track, every minute solved; None where nobody waits for them any more."""
    wanted = list(pieces(track.span))
    fresh = [each for each in wanted if _kept.get(track.key, each) is None]
    found: dict[Piece, tuple[Stretch, ...]] = {}
    for at in range(0, len(fresh), TOGETHER):
        if await given_up():
            return None
        some = fresh[at : at + TOGETHER]
        works = (run_slow(solved, asked, track.span, first, last) for first, last in some)
        for piece, stretches in zip(some, await asyncio.gather(*works), strict=True):
            found[piece] = stretches
            _kept.put(track.key, piece, stretches)
    every = (found.get(each) or _kept.get(track.key, each) or () for each in wanted)
    return within(track.span, chain.from_iterable(every))


def asked_in(request: Request) -> Asked:
    """What the form of a request asks."""
    told = _fields(request)
    return Asked(
        told.get("state", ""),
        told.get("selected", ""),
        edge_of(told.get("edge", "")),
        told.get("begin", ""),
        Axis.of(told),
    )


def _fields(request: Request) -> Mapping[str, str]:
    return {key: value for key, value in form_of(request).items() if isinstance(value, str)}


ROUTES: list[BaseRoute] = [
    Route("/encounter/edges", strip, methods=["POST"]),
    Route("/encounter/whynot", why_not, methods=["POST"]),
    Route("/encounter/policies", policies, methods=["POST"]),
]
