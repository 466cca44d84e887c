"""Owns the cookie of a browser and the token that its changes carry.

The cookie is random and signed; the token is computed from it, so that nothing is kept here.
SameSite is Lax, not Strict: a link to an encounter, followed from a chat page, comes with the
cookie, while no foreign page can post with it.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

from starlette.requests import HTTPConnection, Request

from infusion_asp.web.settings import Settings

_BYTES = 18


def cookie_name(settings: Settings) -> str:
    """The name of the cookie; browsers share cookies among the ports of a host."""
    return f"infusion-asp-{settings.port}"


def new_session(settings: Settings) -> str:
    """The value of a new cookie."""
    value = secrets.token_urlsafe(_BYTES)
    return f"{value}.{_signed(settings, 'session', value)}"


def session_of(connection: HTTPConnection, settings: Settings) -> str | None:
    """The value of the cookie, if it's one that this run has given out."""
    cookie = connection.cookies.get(cookie_name(settings), "")
    value, _, signature = cookie.partition(".")
    return cookie if _same(signature, _signed(settings, "session", value)) else None


def set_cookie(settings: Settings, session: str) -> str:
    """The Set-Cookie header."""
    return f"{cookie_name(settings)}={session}; Path=/; HttpOnly; SameSite=Lax"


def csrf_of(request: Request) -> str:
    """The token that changes from the page of this request carry."""
    session: str = request.scope["state"]["session"]
    return token_of(session, request.app.state.settings)


def token_of(session: str, settings: Settings) -> str:
    """The token of a cookie's value."""
    return _signed(settings, "csrf", session)


def is_token_of(session: str, token: str, settings: Settings) -> bool:
    """Whether the token belongs to the cookie; takes equally long for every wrong one."""
    return _same(token, token_of(session, settings))


def is_secret(given: str, settings: Settings) -> bool:
    """Whether this is the token that opens the page; takes equally long for every wrong one."""
    return settings.token is not None and _same(given, settings.token)


def _signed(settings: Settings, purpose: str, value: str) -> str:
    return hmac.new(settings.secret, f"{purpose}:{value}".encode(), sha256).hexdigest()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
