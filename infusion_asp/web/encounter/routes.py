"""Owns the addresses of one encounter: its page, its workspace, and what is asked for later."""

from __future__ import annotations

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from infusion_asp.web.batches import opening as batch_rows
from infusion_asp.web.batches.errors import NotOpenedError
from infusion_asp.web.editing import opening as records
from infusion_asp.web.encounter.asked import claim_against_record, open_points, proof
from infusion_asp.web.encounter.workspace import workspace_of
from infusion_asp.web.page import fragment, page
from infusion_asp.web.security import form_of
from infusion_asp.web.security.session import csrf_of
from infusion_asp.web.solving import run, run_slow


async def encounter(request: Request) -> Response:
    """The page of an encounter; with `?open=KEY` its workspace is in it, else a script fills it."""
    key = request.query_params.get("open", "")
    if not key:
        return _shell(request)
    settings = request.app.state.settings
    source = batch_rows if batch_rows.KEY.fullmatch(key) else records
    try:
        text = await run_in_threadpool(source.opened, settings, key)
    except NotOpenedError as error:
        return RedirectResponse(error.address, 303)
    except records.NotOpenedError as error:
        return _shell(request, problem=error.message, help=error.help, status=404)
    html = await run(workspace_of, text, "", "", csrf_of(request))
    return _shell(request, workspace=html)


async def view(request: Request) -> HTMLResponse:
    """The workspace of a state that was posted."""
    state, before, selected = _fields(request, "state", "before", "selected")
    return fragment(await run(workspace_of, state, before, selected, csrf_of(request)))


async def claim(request: Request) -> HTMLResponse:
    """The billed lines beside what the record supports."""
    (state,) = _fields(request, "state")
    return fragment(await run(claim_against_record, state))


async def later(request: Request) -> HTMLResponse:
    """Other readings that a record leaves possible, and questions to the clinician."""
    (state,) = _fields(request, "state")
    return fragment(await run_slow(open_points, state))


async def whole_proof(request: Request) -> HTMLResponse:
    """The full proof of one line or of one administration that is not reported."""
    state, what = _fields(request, "state", "what")
    return fragment(await run(proof, state, what))


def _shell(
    request: Request, *, workspace: str = "", problem: str = "", help: str = "", status: int = 200
) -> HTMLResponse:
    return page(
        request,
        "encounter/shell.html.j2",
        workspace=Markup(workspace),
        problem=problem,
        help=help,
        status=status,
    )


def _fields(request: Request, *names: str) -> list[str]:
    """Fields of the form as text, empty where one is absent or a file."""
    form = form_of(request)
    values = (form.get(name) for name in names)
    return [value if isinstance(value, str) else "" for value in values]


ROUTES: list[BaseRoute] = [
    Route("/encounter", encounter),
    Route("/encounter/view", view, methods=["POST"]),
    Route("/encounter/claim", claim, methods=["POST"]),
    Route("/encounter/alternatives", later, methods=["POST"]),
    Route("/encounter/proof", whole_proof, methods=["POST"]),
]
