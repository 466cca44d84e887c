"""All stored tables of a directory: what there is, and taking one away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infusion_asp.tables.store.errors import NotStored
from infusion_asp.tables.store.place import data_directory
from infusion_asp.tables.store.quarter import Quarter
from infusion_asp.tables.store.release import SUFFIX, Release, file_name

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Catalog:
    """The releases of a directory, oldest quarter first."""

    directory: Path
    releases: tuple[Release, ...]

    @classmethod
    def read(cls, directory: Path | None = None) -> Catalog:
        """What is stored now; a directory that does not exist holds nothing."""
        place = data_directory() if directory is None else directory
        found = [Release.read(path) for path in _files(place)]
        return cls(place, tuple(sorted(found, key=_order)))

    def of(self, kind: str) -> tuple[Release, ...]:
        """The releases of one kind, oldest first."""
        return tuple(each for each in self.releases if each.kind == kind)

    def find(self, kind: str, setting: str, quarter: Quarter) -> Release | None:
        """The release of this description, or None."""
        path = self.directory / file_name(kind, setting, quarter)
        return next((each for each in self.releases if each.path == path), None)

    def remove(self, kind: str, quarter: Quarter, setting: str = "") -> tuple[Release, ...]:
        """Deletes the releases of a kind and quarter, of all settings or of one."""
        found = tuple(
            each
            for each in self.of(kind)
            if each.quarter == quarter and setting in ("", each.setting)
        )
        if not found:
            there = ", ".join(dict.fromkeys(str(each.quarter) for each in self.of(kind)))
            of = f" for {setting}" if setting else ""
            raise NotStored(
                f"no {kind} table of {quarter}{of} is stored",
                f"stored quarters of {kind}: {there}" if there else "'tables list' shows all",
            )
        for each in found:
            each.path.unlink()
        return found


def stamp(directory: Path) -> Stamp:
    """What changes when something is imported or removed."""
    found = []
    for path in _files(directory):
        status = path.stat()
        found.append((path.name, status.st_mtime_ns, status.st_size))
    return tuple(found)


def shown(release: Release) -> Mapping[str, object]:
    """A release as JSON shows it."""
    return {
        "table": release.kind,
        "setting": release.setting or None,
        "quarter": str(release.quarter),
        "from": release.quarter.start.isoformat(),
        "to": release.quarter.end.isoformat(),
        "rows": release.rows,
        "sha256": release.files[0].sha256 if len(release.files) == 1 else None,
        "imported": release.imported,
        "missing_parts": list(release.missing),
        "files": [
            {
                "name": each.name,
                "member": each.member or None,
                "part": each.part or None,
                "sha256": each.sha256,
                "rows": each.rows,
                "unreadable": each.unreadable,
            }
            for each in release.files
        ],
    }


def _files(directory: Path) -> list[Path]:
    try:
        return sorted(
            path
            for path in directory.iterdir()
            if path.suffix == SUFFIX and not path.name.startswith(".")
        )
    except (FileNotFoundError, NotADirectoryError):
        return []


def _order(release: Release) -> tuple[str, Quarter, str]:
    return release.kind, release.quarter, release.setting
