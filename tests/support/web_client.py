"""Owns a browser for tests of the page's addresses: its cookie, the token of its changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient

from infusion_asp.web.app import create_app
from infusion_asp.web.settings import Settings

ORIGIN = "http://127.0.0.1:8765"
_TOKEN = re.compile(r'<meta name="csrf" content="([^"]+)">')


class Browser:
    """Gets pages and makes changes as the page's own scripts do."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers=headers, follow_redirects=False)

    def post(self, path: str, fields: Mapping[str, str] = {}, **options: Any) -> Any:
        """A change with the token of this browser, as htmx makes it."""
        headers = {"X-CSRF": self.token(), "Origin": ORIGIN, "HX-Request": "true"}
        headers |= options.pop("headers", {})
        return self.client.post(
            path, data=dict(fields), headers=headers, follow_redirects=False, **options
        )

    def token(self) -> str:
        found = _TOKEN.search(self.client.get("/").text)
        assert found, "the start page has no token"
        return found[1]


@contextmanager
def opened(settings: Settings | None = None, app: Starlette | None = None) -> Iterator[Browser]:
    """A browser at the page; without workers, so that the work is done in this process."""
    settings = settings or Settings(workers=0)
    client = TestClient(app or create_app(settings), base_url=ORIGIN, raise_server_exceptions=False)
    with client:
        yield Browser(client)
