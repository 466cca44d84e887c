"""Owns who may ask: the host that was asked for, the site that asks, its cookie and token."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infusion_asp.web.security.forms import read_form
from infusion_asp.web.security.hosts import Hosts
from infusion_asp.web.security.refusals import (
    bad_csrf,
    bad_host,
    bad_method,
    bad_origin,
    no_token,
)
from infusion_asp.web.security.session import (
    is_secret,
    is_token_of,
    new_session,
    session_of,
    set_cookie,
)
from infusion_asp.web.settings import Settings

SAFE = ("GET", "HEAD")
_OURS = ("same-origin", "none")


class Guard:
    """Lets requests through that come from the page's own origin, and reads their forms.

    Behind it `request.state.session` and, for changes, the form are there. Raises RefusedError.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._settings = settings
        self._hosts = Hosts(settings.host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or raise the RefusedError of it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            raise bad_method()
        request = Request(scope, receive)
        self._is_ours(request)
        session = session_of(request, self._settings)
        if session is None and (found := self._by_token(request)) is not None:
            await found(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["session"] = session or new_session(self._settings)
        if request.method not in SAFE:
            await self._is_change(request, session)
            await _until_gone(self.app, scope, receive, send)
            return
        if session is None:
            send = self._with_cookie(send, state["session"])
        await self.app(scope, receive, send)

    def _is_ours(self, request: Request) -> None:
        headers = request.headers
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            raise bad_host()
        if request.method not in (*SAFE, "POST"):
            raise bad_method()
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in _origins(hosts[0]):
            raise bad_origin()
        site, mode = headers.get("sec-fetch-site", "none"), headers.get("sec-fetch-mode")
        visited = request.method in SAFE and mode == "navigate"
        if site not in _OURS and not visited:
            raise bad_origin()

    def _by_token(self, request: Request) -> RedirectResponse | None:
        """The way on, with a cookie and without the token in the address; None if none is asked."""
        if self._settings.token is None:
            return None
        pairs = parse_qsl(request.url.query, keep_blank_values=True)
        given = [value for name, value in pairs if name == "token"]
        if request.method not in SAFE or not (given and is_secret(given[0], self._settings)):
            raise no_token()
        rest = urlencode([pair for pair in pairs if pair[0] != "token"])
        path = "/" + request.url.path.lstrip("/\\")
        onward = RedirectResponse(f"{path}?{rest}" if rest else path, 303)
        session = new_session(self._settings)
        onward.headers["set-cookie"] = set_cookie(self._settings, session)
        return onward

    async def _is_change(self, request: Request, session: str | None) -> None:
        if session is None:
            raise bad_csrf()
        header = request.headers.get("x-csrf")
        if header is not None and not is_token_of(session, header, self._settings):
            raise bad_csrf()
        form = await read_form(request, self._settings)
        field = form.get("csrf")
        if header is None and not (
            isinstance(field, str) and is_token_of(session, field, self._settings)
        ):
            raise bad_csrf()
        request.scope["state"]["form"] = form

    def _with_cookie(self, send: Send, session: str) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("set-cookie", set_cookie(self._settings, session))
            await send(message)

        return sending


async def _until_gone(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a change, whose body is read; one that the browser took back is given up."""
    ended = asyncio.Event()

    async def quiet() -> Message:
        await ended.wait()
        return {"type": "http.disconnect"}

    answering = asyncio.ensure_future(app(scope, quiet, send))
    leaving = asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if answering.done():
            answering.result()
    finally:
        ended.set()
        for each in (answering, leaving):
            each.cancel()
        await asyncio.wait({answering, leaving})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _origins(host: str) -> tuple[str, str]:
    """The page's own origin; https where another server stands in front of it."""
    return f"http://{host.lower()}", f"https://{host.lower()}"
