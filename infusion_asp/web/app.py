"""Owns the application: its addresses and what stands before them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from infusion_asp.web.batches.routes import ROUTES as BATCHES
from infusion_asp.web.book.routes import ROUTES as BOOK
from infusion_asp.web.edges.routes import ROUTES as EDGES
from infusion_asp.web.editing.routes import ROUTES as EDITING
from infusion_asp.web.encounter.routes import ROUTES as ENCOUNTER
from infusion_asp.web.security import Guard, Headers, Telling
from infusion_asp.web.security.telling import http_error
from infusion_asp.web.settings import Settings
from infusion_asp.web.solving import working

STATIC = Path(__file__).with_name("static")


def create_app(settings: Settings) -> Starlette:
    """The page as an ASGI application; `app.state.settings` are its settings."""
    return framed([*EDITING, *ENCOUNTER, *EDGES, *BATCHES, *BOOK], settings)


def framed(routes: Sequence[BaseRoute], settings: Settings) -> Starlette:
    """An application of these addresses and the static files, with all that stands before them."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with working(settings):
            yield

    app = Starlette(
        routes=[*routes, Mount("/static", StaticFiles(directory=STATIC), name="static")],
        lifespan=lifespan,
        middleware=[
            Middleware(Headers),
            Middleware(Telling),
            Middleware(Guard, settings=settings),
        ],
        exception_handlers={HTTPException: http_error},
    )
    app.state.settings = settings
    return app
