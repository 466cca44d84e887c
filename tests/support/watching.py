"""Owns what no page may do: fail in its console, break its policy, ask another host."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

_LOCAL = ("data", "blob", "about")
_TELL_VIOLATIONS = """document.addEventListener('securitypolicyviolation', event =>
    console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI}`));"""


class Watch:
    """What the pages of a browser context asked for, and what went wrong in them.

    `requests` are the whole addresses in order; `faults` one sentence for each fault.
    """

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.requests: list[str] = []
        self.faults: list[str] = []
        self._home = urlsplit(address).netloc
        self._awaited: str | None = None
        context.add_init_script(_TELL_VIOLATIONS)
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("console", self._console)
        context.on("page", self._page)

    @contextmanager
    def refused(self, text: str) -> Iterator[None]:
        """Within the block the console may tell of answers that hold `text`, such as `413`."""
        self._awaited = text
        yield
        self._awaited = None

    def _page(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error}"))

    def _request(self, request: Request) -> None:
        self.requests.append(request.url)
        parts = urlsplit(request.url)
        if parts.scheme not in _LOCAL and parts.netloc != self._home:
            self.faults.append(f"asked of another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} for {response.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not (self._awaited and self._awaited in message.text):
            self.faults.append(f"console: {message.text} ({message.location.get('url', '')})")
