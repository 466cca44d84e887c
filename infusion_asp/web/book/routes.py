"""Owns the addresses of the rulebook: rules, topics, what stands beside, and its own files."""

from __future__ import annotations

from functools import cache, partial
from importlib.resources import files
from typing import Any

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from infusion_asp.web import solving
from infusion_asp.web.batches import views
from infusion_asp.web.batches.filters import place_of
from infusion_asp.web.book import bodies, fired
from infusion_asp.web.book.addresses import BESIDE, INDEX, TOPIC
from infusion_asp.web.book.bodies import Body
from infusion_asp.web.page import page

SOON = 5.0  # seconds that a page waits for the tables of the batch
_FILES = {
    "bodies.css": "text/css",
    "search.js": "text/javascript",
    "graph.js": "text/javascript",
}
"""Files that the static site of `rules docs` has too."""


async def index(request: Request) -> Response:
    """All rules, with a search that needs no server."""
    return await _page(request, await solving.run_slow(bodies.index), "rules")


async def topic(request: Request) -> Response:
    """One topic."""
    body = await solving.run_slow(bodies.topic, request.path_params["name"])
    return await _page(request, body, "")


async def beside(request: Request) -> Response:
    """Policies, predicates, graph, sources."""
    name = request.path_params["name"]
    return await _page(request, await solving.run_slow(bodies.beside, name), name)


async def rule(request: Request) -> Response:
    """One rule, with the encounters of the open batch in which it fired."""
    rule_id = request.path_params["id"]
    body = await solving.run_slow(bodies.rule, rule_id)
    place = place_of(request.query_params)
    known, chosen = await _chosen(request)
    values: dict[str, Any] = {"batches": known, "chosen": chosen, "listed": None, "steps": {}}
    if chosen is not None:
        store = await run_in_threadpool(fired.store_of, chosen)
        if await run_in_threadpool(store.ready.wait, SOON):
            found = await run_in_threadpool(fired.fired_in, store, rule_id, place)
            kept = [("batch", str(chosen.number))] if len(known) > 1 else []
            values["listed"] = found
            values["steps"] = views.steps(request.url.path, found, kept)
    return await _page(request, body, "", "book/rule.html.j2", rule_id=rule_id, **values)


async def counts(request: Request) -> Response:
    """JSON: for each rule the encounters of the batch in which it fired, for the list of rules."""
    _, chosen = await _chosen(request)
    if chosen is None:
        return JSONResponse({})
    store = await run_in_threadpool(fired.store_of, chosen)
    return JSONResponse(dict(await run_in_threadpool(fired.counts, store)))


async def file(name: str, request: Request) -> Response:
    """A style sheet or script of the site."""
    return PlainTextResponse(_text(name), media_type=_FILES[name])


async def _chosen(request: Request) -> tuple[list[fired.OpenBatch], fired.OpenBatch | None]:
    """The batches that can be browsed, and the one that was chosen, else the first."""
    paths = request.app.state.settings.batches
    known = await run_in_threadpool(fired.open_batches, paths)
    wanted = request.query_params.get("batch", "")
    chosen = next((each for each in known if str(each.number) == wanted), None)
    return known, chosen or next(iter(known), None)


async def _page(
    request: Request, body: Body, here: str, template: str = "book/frame.html.j2", **values: Any
) -> Response:
    return page(
        request,
        template,
        title=body.title,
        body=Markup(body.html),
        end=Markup(body.end),
        stamp=body.stamp,
        page_name=here,
        **values,
    )


@cache
def _text(name: str) -> str:
    found = files("infusion_asp.author.docs").joinpath("templates", name)
    return found.read_text(encoding="utf-8")


ROUTES: list[BaseRoute] = [
    Route(INDEX, index),
    Route(f"{INDEX}/{{id}}", rule),
    Route(f"{TOPIC}/{{name}}", topic),
    Route(f"{BESIDE}/counts", counts),
    *(Route(f"{BESIDE}/{name}", partial(file, name)) for name in _FILES),
    Route(f"{BESIDE}/{{name}}", beside),
]
