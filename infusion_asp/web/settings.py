"""Owns what one run of the page is told: where it listens, what it shows, what it may use."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

LOOPBACK = ("127.0.0.1", "::1", "localhost")
PORT = 8765
_MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Settings:
    """One run of the page.

    `port` is the one that is listened on. `secret` signs cookies and is new with every run. There
    are `workers` processes for changes and as many for what is computed beside them; with 0 the
    page solves in its own process, one request after another. `seconds` are wall clock for one
    change, `slow_seconds` for what is beside it; of each, `waiting` requests may wait for a worker.
    `body_bytes` bounds a change, `upload_bytes` an upload; both count the whole body.
    """

    host: str = "127.0.0.1"
    port: int = PORT
    token: str | None = field(default=None, repr=False)
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    files: tuple[Path, ...] = ()
    kind: str | None = None
    batches: tuple[Path, ...] = ()
    profile: str | None = None
    policies: tuple[tuple[str, str], ...] = ()
    overlays: tuple[Path, ...] = ()
    workers: int = 1
    seconds: float = 10.0
    slow_seconds: float = 60.0
    waiting: int = 100
    megabytes: int = 4096
    body_bytes: int = 2 * _MEBIBYTE
    upload_bytes: int = 20 * _MEBIBYTE
