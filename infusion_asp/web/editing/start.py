"""Owns the start page: served files, examples, uploads, paste, and the list of what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

from infusion_asp.ingest.mar.mapping import PRESETS
from infusion_asp.model import InputError
from infusion_asp.web.editing.examples import EXAMPLES
from infusion_asp.web.editing.opening import NotOpenedError, file_of
from infusion_asp.web.editing.sources import Found, Wrong, found_in
from infusion_asp.web.editing.uploads import KINDS, Upload, uploaded
from infusion_asp.web.page import page
from infusion_asp.web.security import form_of
from infusion_asp.web.settings import Settings
from infusion_asp.web.solving import run_slow

PAGE = 100  # records of a served file on one page


async def start(request: Request) -> HTMLResponse:
    """The start page."""
    return _start(request)


async def upload(request: Request) -> HTMLResponse:
    """What an upload or a pasted text holds: opened at once where it is one encounter."""
    form = form_of(request)
    given = [each for each in form.getlist("file") if isinstance(each, UploadFile)]
    contents = [(each.filename or "", await each.read()) for each in given if each.filename]
    pasted = form.get("text")
    if isinstance(pasted, str) and pasted.strip():
        contents.append(("pasted", pasted.encode()))
    if not contents:
        return _start(request, Wrong("", "no file was chosen", "choose one, or paste a text"), 422)
    kind, preset = (str(form.get(name) or "") for name in ("kind", "preset"))
    found = await _read(contents, kind, preset)
    if found.errors:
        return _start(request, found.errors[0], 422)
    names = ", ".join(name for name, _ in contents)
    status = 200 if any(each.state for each in found.found) else 422
    return page(request, "editing/choose.html.j2", status=status, title=names, upload=found)


async def records(request: Request) -> HTMLResponse:
    """A page of the records of a served file."""
    number = int(request.path_params["number"])
    begin = request.query_params.get("from", "1")
    first = max(1, int(begin)) if begin.isdecimal() and len(begin) < 13 else 1
    settings: Settings = request.app.state.settings
    try:
        path = file_of(settings, number)
        found = await run_slow(some_records, path, settings.kind, first - 1)
    except (NotOpenedError, InputError) as error:
        return _start(request, Wrong("", error.message, error.help), 404)
    return page(
        request,
        "editing/records.html.j2",
        name=path.name,
        number=number,
        first=first,
        found=found[:PAGE],
        more=len(found) > PAGE,
        size=PAGE,
    )


def some_records(path: Path, kind: str | None, begin: int) -> list[Found]:
    """One page of records from place `begin`, and one record more where there are more."""
    found = islice(found_in([path], kind), begin, begin + PAGE + 1)
    return [Found(each.name, each.about, None, each.errors) for each in found]


async def _read(contents: Sequence[tuple[str, bytes]], kind: str, preset: str) -> Upload:
    """The records of uploaded files, which lie on the disk only while they are read."""
    directory = await run_in_threadpool(TemporaryDirectory)
    try:
        paths = await run_in_threadpool(_written, Path(directory.name), contents)
        return await run_slow(uploaded, paths, kind, preset)
    finally:
        await run_in_threadpool(directory.cleanup)


def _written(directory: Path, contents: Sequence[tuple[str, bytes]]) -> list[Path]:
    """The contents as files named as the user named them, as far as a name is only a name."""
    paths = []
    for number, (name, content) in enumerate(contents):
        plain = "".join(c if c.isalnum() or c in "._- " else "_" for c in Path(name).name)[-100:]
        place = directory / str(number)
        place.mkdir()
        paths.append(place / (plain.strip(". ") or "upload"))
        paths[-1].write_bytes(content)
    return paths


def _start(request: Request, wrong: Wrong | None = None, status: int = 200) -> HTMLResponse:
    settings: Settings = request.app.state.settings
    return page(
        request,
        "editing/start.html.j2",
        status=status,
        files=[path.name for path in settings.files],
        examples=EXAMPLES,
        kinds=KINDS,
        presets=PRESETS,
        most=settings.upload_bytes >> 20,
        wrong=wrong,
    )


ROUTES: list[BaseRoute] = [
    Route("/", start),
    Route("/open", upload, methods=["POST"]),
    Route("/files/{number:int}", records),
]
