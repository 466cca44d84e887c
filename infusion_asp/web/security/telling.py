"""Owns what a failed request is answered with, and the one line that the log has of it.

The line holds method, status, class and place of the error: no address, for addresses may name
what is looked at, and no value.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infusion_asp.batch.worker import place_of
from infusion_asp.web.rendering import rendered
from infusion_asp.web.solving.errors import is_for_people

LOG = logging.getLogger("infusion_asp.web")
TOO_LARGE = 413
_THROWN_AWAY, _SECONDS = 1 << 28, 20.0  # bytes and time of a body that was refused
_WORDS = {404: "there is no page at this address", 405: "this address does not answer that"}


class Telling:
    """Turns every error into a page with a plain text, or a piece of one where htmx asked."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; nothing is raised."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except ClientDisconnect:
            return
        except Exception as error:
            status = _status(error)
            if status >= 500:
                LOG.error("%d %s %s", status, scope.get("method", "-"), place_of(error))
            if begun or scope["type"] != "http":
                return
            answer = told(Request(scope), error)
            if status == TOO_LARGE:
                await _answered_while_sending(answer, scope, receive, send)
            else:
                await answer(scope, receive, send)


def told(request: Request, error: Exception) -> Response:
    """The answer for an error: its own sentence if it has one for people."""
    status = _status(error)
    message, help = _said(error)
    template = "error_piece.html.j2" if "hx-request" in request.headers else "error.html.j2"
    return HTMLResponse(rendered(template, message=message, help=help, status=status), status)


async def _answered_while_sending(
    answer: Response, scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer at once, then let the browser end: it reads no answer before it has sent it all.

    What it sends is thrown away, up to a limit of bytes and time.
    """
    answer.headers["connection"] = "close"

    async def unfinished(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "more_body": True}
        await send(message)

    await answer(scope, receive, unfinished)
    left = _THROWN_AWAY
    with suppress(TimeoutError):
        async with asyncio.timeout(_SECONDS):
            more = True
            while more and left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                more = message.get("more_body", False)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def http_error(request: Request, error: Exception) -> Response:
    """The answer for an address that is not there or doesn't answer the method."""
    return told(request, error)


def _status(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.status_code
    if not is_for_people(error):
        return 500
    status: Any = getattr(error, "status", None)
    return status if isinstance(status, int) and 400 <= status <= 599 else 400


def _said(error: Exception) -> tuple[str, str]:
    if isinstance(error, HTTPException):
        return _WORDS.get(error.status_code, "the request can't be answered"), ""
    if is_for_people(error):
        said: Any = error
        return said.message, getattr(said, "help", "")
    return (
        f"internal error ({place_of(error)})",
        "please report it with what was done, without values",
    )
