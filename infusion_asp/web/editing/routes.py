"""Owns the addresses of editing: a change, its controls, completion and downloads."""

from __future__ import annotations

import datetime as dt

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from infusion_asp.model import InputError
from infusion_asp.web.editing.exporting import TYPES, exported
from infusion_asp.web.editing.jobs import changed_workspace, controls_of, drug_names
from infusion_asp.web.editing.start import ROUTES as START
from infusion_asp.web.page import fragment
from infusion_asp.web.rendering import rendered
from infusion_asp.web.security import form_of
from infusion_asp.web.security.session import csrf_of
from infusion_asp.web.solving import run, run_slow


async def edit(request: Request) -> HTMLResponse:
    """The workspace after an edit; where it is refused, only what is wrong, for `#refusal`."""
    form = form_of(request)
    text, before, selected, edits = (
        text_of(form, name) for name in ("state", "before", "selected", "edit")
    )
    today = dt.date.today()
    try:
        html = await run(changed_workspace, text, before, selected, edits, csrf_of(request), today)
    except InputError as error:
        return refusal(error)
    return fragment(html)


async def selection(request: Request) -> HTMLResponse:
    """The controls of the selected administration."""
    form = form_of(request)
    try:
        return fragment(await run(controls_of, text_of(form, "state"), text_of(form, "selected")))
    except InputError as error:
        return refusal(error)


async def drugs(request: Request) -> JSONResponse:
    """Names of the drug table with what tells them apart; `q` leaves those that have it."""
    return JSONResponse(await run(drug_names, request.query_params.get("q", "")))


async def export(request: Request) -> Response:
    """A download of the state that was posted."""
    what = request.path_params["what"]
    if what not in TYPES:
        raise HTTPException(404)
    try:
        name, text = await run_slow(exported, text_of(form_of(request), "state"), what)
    except InputError as error:
        html = rendered("editing/refusal.html.j2", error=error)
        return HTMLResponse(html, 422)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=TYPES[what], headers=headers)


def refusal(error: InputError) -> HTMLResponse:
    """A message that htmx puts into `#refusal`; the workspace stays as it is."""
    html = rendered("editing/refusal.html.j2", error=error)
    return HTMLResponse(html, headers={"HX-Retarget": "#refusal", "HX-Reswap": "innerHTML"})


def text_of(form: FormData, name: str) -> str:
    """A field of a form as text, empty where it is absent or a file."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


ROUTES: list[BaseRoute] = [
    *START,
    Route("/encounter/edit", edit, methods=["POST"]),
    Route("/editing/controls", selection, methods=["POST"]),
    Route("/editing/drugs", drugs),
    Route("/editing/export/{what}", export, methods=["POST"]),
]
