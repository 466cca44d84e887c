"""Owns the reading of forms: once, within limits, never onto a disk."""

from __future__ import annotations

import asyncio

from starlette.datastructures import FormData, Headers
from starlette.exceptions import HTTPException
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

from infusion_asp.web.security.body import UPLOAD, limit_of, limited
from infusion_asp.web.security.refusals import bad_form, not_a_form, too_slow
from infusion_asp.web.settings import Settings

FILES, FIELDS = 50, 500
SECONDS = 60.0  # until a form has to be there
_URLENCODED = "application/x-www-form-urlencoded"


class _InMemory(MultiPartParser):
    spool_max_size = 1 << 40


async def read_form(request: Request, settings: Settings) -> FormData:
    """The form of a request; raises RefusedError."""
    kind = Headers(scope=request.scope).get("content-type", "").partition(";")[0].strip().lower()
    most = limit_of(request.scope, settings)
    stream = Request(request.scope, limited(request.scope, request.receive, most)).stream()
    try:
        async with asyncio.timeout(SECONDS):
            if kind == UPLOAD:
                return await _InMemory(
                    request.headers, stream, max_files=FILES, max_fields=FIELDS, max_part_size=most
                ).parse()
            if kind == _URLENCODED:
                return await FormParser(
                    request.headers, stream, max_fields=FIELDS, max_part_size=most
                ).parse()
    except TimeoutError:
        raise too_slow() from None
    except (MultiPartException, HTTPException, ValueError, KeyError):
        raise bad_form() from None
    raise not_a_form()


def form_of(request: Request) -> FormData:
    """The fields and files that were posted; the only way to a body, which is read by then."""
    form: FormData = request.scope["state"]["form"]
    return form
