"""Owns a run of the page: the socket, the server, the browser, and a log without health data."""

from __future__ import annotations

import logging
import signal
import socket
import sys
import webbrowser
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from urllib.parse import urlencode

import uvicorn
from starlette.types import ASGIApp

from infusion_asp.web.app import create_app
from infusion_asp.web.editing.sources import found_in
from infusion_asp.web.security.hosts import is_loopback
from infusion_asp.web.settings import Settings

SHORTEST_TOKEN = 16
_ONLY, _SMALL = "file-1-1", 1 << 20  # the key of the first record; bytes
_LOGGERS = ("infusion_asp.web", "uvicorn.error", "uvicorn", "asyncio")


class ServeError(RuntimeError):
    """The page can't be served as asked; `help` says what to do."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


def checked(settings: Settings) -> Settings:
    """The settings, if the page may be served so; raises ServeError."""
    if settings.token is not None and len(settings.token) < SHORTEST_TOKEN:
        raise ServeError(
            f"--token is shorter than {SHORTEST_TOKEN} characters",
            "take a random one: python -c 'import secrets; print(secrets.token_urlsafe())'",
        )
    if settings.token is None and not is_loopback(settings.host):
        raise ServeError(
            f"--host '{settings.host}' lets other machines in, which needs --token",
            "give a random token of at least 16 characters, or leave --host out",
        )
    return settings


def serve(settings: Settings, say: Callable[[str], None], *, browser: bool) -> None:
    """Serve the page until it's interrupted; `say` gets the address once it answers.

    Port 0 takes a free one. Raises ServeError where the address can't be listened on, SystemExit
    at SIGTERM and KeyboardInterrupt at Ctrl-C when all is cleared away.
    """
    checked(settings)
    _quiet()
    signal.signal(signal.SIGTERM, _ended)
    with _listening(settings) as listener:
        settings = replace(settings, port=listener.getsockname()[1])
        address = address_of(settings)

        def answering() -> None:
            say(address)
            if browser:
                webbrowser.open(address)

        _Server(config(create_app(settings)), answering).run(sockets=[listener])


def _ended(number: int, _: object) -> None:
    """End as a program ends, so that private directories are removed."""
    raise SystemExit(128 + number)


def address_of(settings: Settings) -> str:
    """The address to open, with the token: of the one encounter, of the batches, or the start."""
    host = settings.host if not _is_every(settings.host) else socket.gethostname()
    host = f"[{host}]" if ":" in host else host
    asked = {"open": _ONLY} if _is_single(settings) else {}
    only_batches = bool(settings.batches) and not settings.files
    page = "/encounter" if asked else "/batches" if only_batches else "/"
    if settings.token is not None:
        asked["token"] = settings.token
    return f"http://{host}:{settings.port}{page}{'?' if asked else ''}{urlencode(asked)}"


def _is_single(settings: Settings) -> bool:
    """Whether one encounter is all that is served; a large file is not read for that."""
    if settings.batches or len(settings.files) != 1:
        return False
    file = settings.files[0]
    if not file.is_file() or file.stat().st_size > _SMALL:
        return False
    return len(list(islice(found_in([file], settings.kind), 2))) == 1


def config(app: ASGIApp) -> uvicorn.Config:
    """How uvicorn runs: no access log, no header that another server may have put in."""
    return uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=5,
    )


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, answering: Callable[[], None]) -> None:
        super().__init__(config)
        self._answering = answering

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        if self.started:
            self._answering()


def _listening(settings: Settings) -> socket.socket:
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError:
            listener.close()
            raise
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or "it is no address"
        raise ServeError(
            f"can't listen on '{settings.host}', port {settings.port}: {why.lower()}",
            "another --port may be free; --port 0 finds one",
        ) from None
    return listener


def _is_every(host: str) -> bool:
    return host in ("0.0.0.0", "::")


class _Plain(logging.Formatter):
    """Lines without tracebacks, whose last lines quote values."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; of an exception its class only."""
        error = record.exc_info[0] if record.exc_info else None
        kind = f" ({error.__name__})" if error else ""
        first = record.getMessage().partition("\n")[0]  # asyncio quotes errors after that
        return f"{record.levelname.lower()}: {first}{kind}"


def _quiet() -> None:
    """Warnings and errors to standard error, one line each, without values."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Plain())
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.WARNING)
