"""Owns what the two arguments of a comparison name: directories of rules, or git revisions."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from infusion_asp.engine import EngineError
from infusion_asp.rulebook import shipped_logic

LOGIC = "logic"
TESTS = ("tests", "rules")


@contextmanager
def rules_at(name: str) -> Iterator[Path]:
    """The directory of rules that `name` is or holds; a git revision is unpacked for as long.

    Raises EngineError where it is neither.
    """
    path = Path(name)
    if path.is_dir():
        inside = path / LOGIC
        yield inside if inside.is_dir() and not (path / "derive").is_dir() else path
        return
    with TemporaryDirectory(prefix="infusion-asp-") as place:
        yield _unpacked(name, Path(place))


def _unpacked(revision: str, place: Path) -> Path:
    top = _git(["rev-parse", "--show-toplevel"], Path.cwd())
    if top is None:
        top = _git(["rev-parse", "--show-toplevel"], shipped_logic().parent)
    known = top is not None and _git(
        ["rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"],
        Path(top.decode().strip()),
    )
    if top is None or not known:
        raise EngineError(
            f"'{revision}' is no directory and no git revision",
            "name a directory of rules, or a revision of this checkout such as HEAD or main",
        )
    root = Path(top.decode().strip())
    packed = _git(["archive", known.decode().strip(), LOGIC], root)
    if packed is None:
        raise EngineError(
            f"revision '{revision}' holds no directory {LOGIC}/", "choose a later revision"
        )
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(place, filter="data")
    return place / LOGIC


def _git(arguments: list[str], place: Path) -> bytes | None:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=place, capture_output=True, check=False, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def tests_beside(*directories: Path) -> Path | None:
    """The rule tests beside one of the rulebooks, or of this checkout."""
    places = [each.resolve().parent for each in directories]
    for place in (*places, Path.cwd(), shipped_logic().resolve().parent):
        found = place.joinpath(*TESTS)
        if found.is_dir():
            return found
    return None
