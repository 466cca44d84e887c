"""Owns a page of a few addresses behind the real frame, for tests of the frame alone."""

from __future__ import annotations

import math
import os
import time

from jinja2 import Template
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from infusion_asp.model import InputError
from infusion_asp.web import solving
from infusion_asp.web.app import framed
from infusion_asp.web.security import form_of
from infusion_asp.web.security.session import csrf_of
from infusion_asp.web.settings import Settings

SECRET = "vincristine at 10:47"  # stands for what the log must not have


async def start(request: Request) -> Response:
    return HTMLResponse(f'<meta name="csrf" content="{csrf_of(request)}">')


async def change(request: Request) -> Response:
    form = form_of(request)
    sizes = [len(each) if isinstance(each, str) else each.size for each in form.values()]
    return PlainTextResponse(f"changed {sizes}")


async def broken(request: Request) -> Response:
    raise KeyError(SECRET)


async def undefined(request: Request) -> Response:
    return HTMLResponse(Template("{{ {}[secret].x }}").render(secret=SECRET))


async def refused(request: Request) -> Response:
    raise InputError("$.administrations[0].drug", f"'{SECRET}' <b>is</b> no drug", "name one")


async def divided(request: Request) -> Response:
    return PlainTextResponse(str(await solving.run(math.sqrt, 16.0)))


async def dying(request: Request) -> Response:
    return PlainTextResponse(str(await solving.run(os._exit, 3)))


async def hanging(request: Request) -> Response:
    return PlainTextResponse(str(await solving.run(time.sleep, 600)))


ROUTES: list[BaseRoute] = [
    Route("/", start),
    Route("/change", change, methods=["POST"]),
    Route("/broken", broken),
    Route("/undefined", undefined),
    Route("/refused", refused),
    Route("/divided", divided),
    Route("/dying", dying),
    Route("/hanging", hanging),
]


def frame(settings: Settings | None = None) -> Starlette:
    """The frame around these addresses."""
    return framed(ROUTES, settings or Settings(workers=0))
