"""Owns the addresses of this part of the page."""

from __future__ import annotations

from starlette.routing import Route

ROUTES: list[Route] = []
