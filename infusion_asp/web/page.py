"""Owns the answers that are whole pages or fragments of one."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from infusion_asp.web.rendering import rendered
from infusion_asp.web.security.session import csrf_of


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A whole page from a template that extends `base.html.j2`.

    Every template also has `csrf` (for a hidden field of that name), `here` (the path of the
    request) and `has_batches` (whether the menu shows batches).
    """
    settings = request.app.state.settings
    values = {
        "csrf": csrf_of(request),
        "here": request.url.path,
        "has_batches": bool(settings.batches),
        **values,
    }
    return HTMLResponse(rendered(template, **values), status)


def fragment(html: str) -> HTMLResponse:
    """A piece of a page for htmx."""
    return HTMLResponse(html)
