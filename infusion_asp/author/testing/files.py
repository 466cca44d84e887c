"""Owns finding the files of rule tests."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from infusion_asp.author.testing.beside import BESIDE
from infusion_asp.author.testing.notation import Case, read_cases
from infusion_asp.author.testing.words import BadCase
from infusion_asp.rulebook import shipped_logic

PLACE = Path("tests") / "rules"


def test_files(paths: Sequence[Path] = ()) -> list[Path]:
    """The test files at these places; by default those of the checkout. Raises BadCase."""
    found: list[Path] = []
    for path in paths or [_default()]:
        inside = [path]
        if path.is_dir():
            inside = [
                each for each in sorted(path.rglob("*.yaml")) if each.parent.name not in BESIDE
            ]
        if not path.exists() or not inside:
            raise BadCase(
                f"'{path}' holds no rule tests", "name a .yaml file or a directory of such files"
            )
        found += inside
    return list(dict.fromkeys(found))


def read_all(files: Sequence[Path]) -> list[Case]:
    """The cases of all files, in their order. Raises BadCase with file and line."""
    return [case for file in files for case in _known(file, shown(file), _stamp(file))]


def _stamp(file: Path) -> tuple[int, ...]:
    """What tells whether a file, or one of those beside it, was written since."""
    beside = (file.parent / name / file.name for name in BESIDE)
    every = [each.stat() for each in (file, *beside) if each.exists()]
    return tuple(value for each in every for value in (each.st_mtime_ns, each.st_size, each.st_ino))


@lru_cache(maxsize=1024)
def _known(file: Path, name: str, _stamp: tuple[int, ...]) -> tuple[Case, ...]:
    return tuple(read_cases(file, name))


def shown(path: Path) -> str:
    """A path as it is shown: from here, where it lies below."""
    here = Path.cwd()
    whole = path.resolve()
    return str(whole.relative_to(here)) if whole.is_relative_to(here) else str(path)


def _default() -> Path:
    """`tests/rules` here, else beside the rules."""
    return PLACE if PLACE.is_dir() else shipped_logic().parent / PLACE
