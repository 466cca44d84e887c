"""Owns the addresses of batches: the list of them, the lists in each, a record that moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from infusion_asp.web import solving
from infusion_asp.web.batches import beside, views, whereabouts
from infusion_asp.web.batches.browse import listed
from infusion_asp.web.batches.choices import Held, chosen_in, held_by
from infusion_asp.web.batches.directory import Directory, Kind, look
from infusion_asp.web.batches.errors import BatchError, FilterError, NotOpenedError
from infusion_asp.web.batches.filters import Asked, read
from infusion_asp.web.batches.opening import directory_of, input_of, key_of, record_of
from infusion_asp.web.batches.store import STORES, Store
from infusion_asp.web.page import page
from infusion_asp.web.security import form_of

SOON, LATER = 0.4, 10.0  # seconds that a request waits for tables that are read: text, Parquet


async def all_batches(request: Request) -> Response:
    """The batches of this run; the only one at once."""
    paths = request.app.state.settings.batches
    found = [await run_in_threadpool(look, path) for path in paths]
    if len(found) == 1 and found[0].kind is Kind.WHOLE:
        return RedirectResponse("/batches/1", 303)
    return page(request, "batches/all.html.j2", batches=found, totals=views.totals, Kind=Kind)


async def encounters(request: Request) -> Response:
    """A list of encounters; a part of an id comes by POST, everything else in the address."""
    batch = Batch(request)
    given = _given(request)
    refused: FilterError | None = None
    try:
        asked = read(given, posted=request.method == "POST")
    except FilterError as error:
        asked, refused = Asked(), error
    store = await batch.store()
    if store is None:
        return batch.waiting()
    held = await batch.held(store)
    if refused is None:
        try:
            found = await run_in_threadpool(listed, store, asked, held.populations)
        except FilterError as error:
            asked, refused = Asked(), error
    if refused is not None:
        found = await run_in_threadpool(listed, store, asked, held.populations)
    values = {
        **await run_in_threadpool(views.fields, store, held.populations),
        **views.listed_values(batch.address, asked, found),
    }
    return batch.page(
        "batches/encounters.html.j2",
        tab="encounters",
        refused=refused,
        limit_listed=views.is_listed(asked.filter.limit, held.populations),
        other_rulebook=held.is_other(batch.directory),
        status=400 if refused else 200,
        **values,
    )


async def errors(request: Request) -> Response:
    """The records without a result."""
    return await _beside(request, beside.ERRORS, "errors")


async def not_reported(request: Request) -> Response:
    """The administrations without a code."""
    return await _beside(request, beside.NOT_REPORTED, "not-reported")


async def _beside(request: Request, what: beside.Beside, tab: str) -> Response:
    batch = Batch(request)
    store = await batch.store()
    if store is None:
        return batch.waiting()
    found = await run_in_threadpool(beside.beside, store, what, request.query_params)
    address = f"{batch.address}/{tab}"
    kept = [(what.filter, found.chosen)] if found.chosen else []
    return batch.page(
        f"batches/{what.table}.html.j2",
        tab=tab,
        what=what,
        listed=found,
        posted=False,
        own=address,
        steps=views.steps(address, found, kept),
    )


async def record(request: Request) -> Response:
    """A record that could not be opened: why, and the form that says where its input is now."""
    batch = Batch(request)
    number = int(request.path_params["record"])
    store = await batch.store()
    if store is None:
        return batch.waiting()
    refused: BatchError | None = None
    typed = ""
    if request.method == "POST":
        typed = str(form_of(request).get("place", ""))
        try:
            name = await run_in_threadpool(input_of, store, number)
            await run_in_threadpool(whereabouts.moved, batch.directory, name, typed)
        except BatchError as error:
            refused = error
    try:
        await run_in_threadpool(record_of, batch.directory, store, number)
    except NotOpenedError as error:
        return batch.page(
            "batches/record.html.j2",
            tab="",
            status=error.status if refused is None else 400,
            number=number,
            problem=error,
            refused=refused,
            typed=typed,
        )
    return RedirectResponse(f"/encounter?open={key_of(batch.number, number)}", 303)


class Batch:
    """The batch that a request is about; raises NoBatchError where it can't be browsed."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.number = int(request.path_params["batch"])
        self.address = f"/batches/{self.number}"
        self.directory: Directory = directory_of(request.app.state.settings, self.number)

    async def store(self) -> Store | None:
        """The tables, None where they are still being read."""
        store = STORES.of(self.directory)
        most = LATER if self.directory.form == "parquet" else SOON
        ready = await run_in_threadpool(store.ready.wait, most)
        self.share = store.share
        return store if ready else None

    async def held(self, store: Store) -> Held:
        """The limits of the rulebook under the choices of the run."""
        known: Held | None = store.known("held")
        if known is None:
            known = await solving.run(held_by, *chosen_in(self.directory))
            store.kept("held", lambda: known)
        return known

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page in the frame of the batch."""
        return page(
            self._request,
            template,
            status=status,
            batch=self.number,
            batches=len(self._request.app.state.settings.batches),
            address=self.address,
            directory=self.directory,
            totals=views.totals(self.directory),
            **values,
        )

    def waiting(self) -> Response:
        """The page that is shown until the tables are read; it asks again by itself."""
        return self.page("batches/waiting.html.j2", tab="", share=self.share)


def _given(request: Request) -> Mapping[str, str]:
    if request.method == "POST":
        return {name: str(value) for name, value in form_of(request).items()}
    return request.query_params


ROUTES: list[BaseRoute] = [
    Route("/batches", all_batches),
    Route("/batches/{batch:int}", encounters, methods=["GET", "POST"]),
    Route("/batches/{batch:int}/errors", errors),
    Route("/batches/{batch:int}/not-reported", not_reported),
    Route("/batches/{batch:int}/records/{record:int}", record, methods=["GET", "POST"]),
]
