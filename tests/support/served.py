"""Owns the page as a user starts it: the command in a process of its own, its address, its log."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
_FIRST = "/encounter?open=empty"  # waits for a worker, which reads the rulebook first
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
PATIENCE = float(os.environ.get("INFUSION_ASP_PATIENCE", "30"))
"""Seconds until something is shown; only a machine that is busy with other work needs them."""


@dataclass(frozen=True)
class Served:
    """A page that answers at `address`; `log` is the file with all that the command says."""

    address: str
    log: Path

    def said(self) -> str:
        """Everything that the command wrote until now."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def serving(log: Path, *arguments: str) -> Iterator[Served]:
    """The page for as long as the block runs; raises AssertionError where it does not start."""
    command = [sys.executable, "-m", "infusion_asp", "serve", *arguments]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--port", "0", "--no-browser"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        page = Served(_address(process, log), log)
        _first_answer(page)
        yield page
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _first_answer(page: Served) -> None:
    """Waits until a worker answers; a page with a token refuses at once, which is an answer."""
    try:
        urlopen(f"{page.address}{_FIRST}", timeout=4 * PATIENCE).close()
    except HTTPError as refused:
        assert refused.code == 401, refused


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + 4 * PATIENCE
    while time.monotonic() < end:
        text = log.read_text(encoding="utf-8", errors="replace")
        if found := _ADDRESS.search(text):
            return found[0]
        assert process.poll() is None, f"serve ended with {process.returncode}: {text}"
        time.sleep(0.05)
    raise AssertionError(f"serve said no address: {log.read_text(encoding='utf-8')}")
