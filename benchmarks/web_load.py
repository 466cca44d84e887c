"""Measures the page under several editors at once, and prints one table.

    python -m benchmarks.web_load [--editors 20] [--seconds 60] [--every 2] [--write] [--check]

The page is served by the command in processes of its own. Every editor has a cookie and an
encounter of the fixtures, moves a time of it every `--every` seconds as the page's script does,
and asks for what the page then asks for by itself: the claim beside the record, and the strip of
the selected administration. Times are wall clock from sending a request to the last byte of its
answer.
`--write` keeps the table in benchmarks/web.md, `--check` fails where a change got an error or 95 %
of them took longer than 400 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import json
import math
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from infusion_asp.batch.cores import usable_cores
from tests.support.served import ROOT, serving

HERE = Path(__file__).parent
FIXTURES = (ROOT / "fixtures" / "encounters", ROOT / "fixtures" / "claims")
ALLOWED = 0.4  # seconds for 95 % of the changes
STRIP_DELAY = 0.4  # seconds after which the page asks for the strip
FARTHEST = 45  # minutes that a time is moved away from where it was charted
CHANGE, CLAIM, STRIP, OPEN = "change", "claim beside the record", "strip", "opening the page"
_FIELD = '<textarea id="{name}"[^>]*>(.*?)</textarea>'
_TOKEN = re.compile(r'name="csrf" content="([^"]+)"')


@dataclass
class Measured:
    """Seconds of every answer by kind, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    refused: int = 0

    def add(self, kind: str, seconds: float, problem: str) -> None:
        """Note one answer."""
        self.seconds.setdefault(kind, []).append(seconds)
        if problem:
            self.errors.setdefault(kind, []).append(problem)


@dataclass
class Editor:
    """One person at the page: cookie, state, and the time that is moved to and fro."""

    client: httpx2.AsyncClient
    measured: Measured
    draw: random.Random
    token: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    times: tuple[tuple[str, str, str], ...] = ()
    moved: dict[tuple[str, str, str], int] = field(default_factory=dict)
    claimed: bool = False
    strip: asyncio.Task[None] | None = None

    async def open(self, number: int) -> None:
        """Open the encounter of a served file."""
        text = await self._get(f"/encounter?open=file-{number}-1")
        found = _TOKEN.search(text)
        assert found, "the page has no token"
        self.token = found[1]
        self._take(text)
        document = json.loads(self.fields["state"])["encounter"]
        self.times = tuple(times_of(document))
        self.claimed = bool(document.get("billed"))

    async def change(self) -> None:
        """Move one time, take the answer, and ask for what the page asks for then."""
        if self.strip is not None:
            self.strip.cancel()  # as the page does
        place = self.draw.choice(self.times)
        before = self.moved.get(place, 0)
        minutes = self.draw.choice([m for m in range(-15, 16) if m and abs(before + m) <= FARTHEST])
        edit = {"op": "move", "path": place, "minutes": minutes}
        self.fields["selected"] = place[1]
        answer = await self._post(CHANGE, "/encounter/edit", {"edit": json.dumps(edit)})
        if answer is None:
            return
        if answer.headers.get("hx-retarget"):
            self.measured.refused += 1
            return
        self.moved[place] = before + minutes
        self._take(answer.text)
        if self.claimed:
            await self._post(CLAIM, "/encounter/claim", {})
        self.strip = asyncio.create_task(self._strip())

    async def _strip(self) -> None:
        await asyncio.sleep(STRIP_DELAY)
        await self._post(STRIP, "/encounter/edges", {})

    def _take(self, text: str) -> None:
        for name in ("state", "before"):
            found = re.search(_FIELD.format(name=name), text, re.DOTALL)
            assert found, f"the workspace has no {name}"
            self.fields[name] = html.unescape(found[1])

    async def _get(self, path: str) -> str:
        begun = time.perf_counter()
        answer = await self.client.get(path)
        self.measured.add(OPEN, time.perf_counter() - begun, problem_of(answer))
        return answer.text

    async def _post(self, kind: str, path: str, more: dict[str, str]) -> httpx2.Response | None:
        origin = str(self.client.base_url).rstrip("/")
        headers = {"X-CSRF": self.token, "HX-Request": "true", "Origin": origin}
        begun = time.perf_counter()
        try:
            answer = await self.client.post(path, data={**self.fields, **more}, headers=headers)
        except httpx2.HTTPError as error:
            self.measured.add(kind, time.perf_counter() - begun, type(error).__name__)
            return None
        problem = problem_of(answer)
        self.measured.add(kind, time.perf_counter() - begun, problem)
        return None if problem else answer


def problem_of(answer: httpx2.Response) -> str:
    """What is wrong with an answer; empty where nothing is."""
    if answer.status_code == 200 and len(answer.text) > 0:
        return ""
    sentence = re.search(r'class="message">(.*?)[<.]', answer.text, re.DOTALL)
    return f"{answer.status_code} {sentence[1].strip() if sentence else ''}".strip()


def times_of(document: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The places of charted stops."""
    for each in document["administrations"]:
        if each.get("start") and each.get("stop"):
            yield ("administrations", each["id"], "stop")


def fixtures() -> list[Path]:
    """The shipped encounters and claims with a stop that can be moved, in a fixed mixed order."""
    found = []
    for directory in FIXTURES:
        for path in sorted(directory.glob("*.json")):
            document = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(document, dict) and list(times_of({"administrations": [], **document})):
                found.append(path)
    random.Random(7).shuffle(found)
    return found


async def edit(address: str, editors: int, seconds: float, every: float) -> Measured:
    """Everybody edits for `seconds`; the first changes are spread over one interval."""
    measured = Measured()
    async with asyncio.TaskGroup() as group:
        for number in range(editors):
            group.create_task(_edit(address, number, editors, seconds, every, measured))
    return measured


async def _edit(
    address: str, number: int, editors: int, seconds: float, every: float, measured: Measured
) -> None:
    async with httpx2.AsyncClient(base_url=address, timeout=60, trust_env=False) as client:
        editor = Editor(client, measured, random.Random(number))
        await editor.open(number + 1)
        begun = time.monotonic() + every * number / editors
        for turn in range(math.ceil(seconds / every)):
            await asyncio.sleep(max(0.0, begun + every * turn - time.monotonic()))
            await editor.change()
        if editor.strip is not None:
            await editor.strip


def table(measured: Measured, editors: int, seconds: float, every: float) -> list[str]:
    """The lines of web.md."""
    lines = [
        "# The page under several editors",
        "",
        "Printed by `python -m benchmarks.web_load`; milliseconds of wall clock.",
        f"{editors} editors, one change every {every:g} s each, for {seconds:g} s; "
        f"{usable_cores()} cores, editors on the same machine. "
        f"Load per core at the end: {os.getloadavg()[0] / usable_cores():.1f}.",
        "",
        "| request | answers | p50 | p95 | max | errors |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for kind in (OPEN, CHANGE, CLAIM, STRIP):
        taken = measured.seconds.get(kind, [])
        if taken:
            p50, p95 = statistics.median(taken), share(taken, 0.95)
            cells = (p50, p95, max(taken))
            shown = " | ".join(f"{1000 * each:.0f}" for each in cells)
            wrong = len(measured.errors.get(kind, []))
            lines.append(f"| {kind} | {len(taken)} | {shown} | {wrong} |")
    if measured.refused:
        lines += [
            "",
            f"{measured.refused} changes were refused with a sentence, as they should be.",
        ]
    return lines


def share(taken: Sequence[float], part: float) -> float:
    """The time that a part of all did not exceed."""
    return sorted(taken)[max(0, math.ceil(part * len(taken)) - 1)]


def main() -> None:
    """Serve, edit, print the table; keep it and judge it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--editors", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--every", type=float, default=2)
    parser.add_argument("--write", action="store_true", help="keep the table in web.md")
    parser.add_argument("--check", action="store_true", help="fail where the aim is missed")
    options = parser.parse_args()
    found = [str(each) for each in fixtures()]
    files = [found[number % len(found)] for number in range(options.editors)]
    shape = (options.editors, options.seconds, options.every)
    with tempfile.TemporaryDirectory() as scratch, serving(Path(scratch) / "log", *files) as page:
        asyncio.run(
            edit(page.address, min(4, options.editors), 4, 1)
        )  # the workers are there after that
        measured = asyncio.run(edit(page.address, *shape))
        said = page.said()
    lines = table(measured, *shape)
    print("\n".join(lines))
    for kind, problems in measured.errors.items():
        print(f"{kind}: {', '.join(sorted(set(problems)))}", file=sys.stderr)
    if said.count("\n") > 1:
        print(said, file=sys.stderr)
    if options.write:
        (HERE / "web.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    changes = measured.seconds.get(CHANGE, [])
    slow = not changes or share(changes, 0.95) > ALLOWED
    if options.check and (slow or any(measured.errors.values())):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
