"""Owns the limit of a body's size, checked before and while it's read."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from infusion_asp.web.security.refusals import too_large
from infusion_asp.web.settings import Settings

UPLOAD = "multipart/form-data"


def limit_of(scope: Scope, settings: Settings) -> int:
    """Bytes that the body of this request may have."""
    kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
    return settings.upload_bytes if kind == UPLOAD else settings.body_bytes


def limited(scope: Scope, receive: Receive, most: int) -> Receive:
    """`receive`, refusing what is longer; raises RefusedError at once if it says so."""
    said = Headers(scope=scope).get("content-length", "0")
    if not said.isdecimal() or int(said) > most:
        raise too_large(most)
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise too_large(most)
        return message

    return counted
