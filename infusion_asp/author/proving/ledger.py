"""Owns the record of searches that were made: what is known of a program needs no second search.

The key of a search is a digest of its program: the generator with its facts, the statements on
which the goal rests and the goal itself. A changed rule renews only what rests on it, a policy on
which a goal does not rest makes the same program, and a run goes on where it was stopped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

PROVED, SWEPT, TOO_LARGE = "proved", "swept", "too large"


@dataclass(frozen=True)
class Entry:
    """One search: nothing was found in `size` encounters, or it did not fit `seconds`.

    `covered` counts the encounters that were solved one by one where it is "swept"; `rules` are
    ground rules. `about` says it for readers; the digest alone decides.
    """

    digest: str
    how: str
    about: str
    size: int = 0
    rules: int = 0
    covered: int = 0
    seconds: float = 0.0
    megabytes: int = 0

    def tried(self, seconds: float, megabytes: int) -> bool:
        """Whether so much was not enough before."""
        return self.how == TOO_LARGE and self.seconds >= seconds and self.megabytes >= megabytes


class Ledger:
    """The entries of a file, one JSON line each; what is not written lasts as long as this."""

    def __init__(self, path: Path | None = None, *, written: bool = True) -> None:
        self._path = path if written else None
        self._lock = Lock()
        self._entries: dict[str, Entry] = {}
        self.used: dict[str, Entry] = {}
        if path is not None and path.is_file():
            for line in path.read_text(encoding="utf-8").splitlines():
                if line.startswith("{") and line.endswith("}"):  # a stopped run may leave half
                    entry = Entry(**json.loads(line))
                    self._entries[entry.digest] = entry

    def get(self, digest: str) -> Entry | None:
        """What is known of a search."""
        found = self._entries.get(digest)
        if found is not None:
            self.used[digest] = found
        return found

    def forget(self, digest: str) -> None:
        """Make a search anew, whatever is known of it."""
        self._entries.pop(digest, None)

    def keep(self, entry: Entry) -> None:
        """Add a search, and write it at once."""
        with self._lock:
            self._entries[entry.digest] = self.used[entry.digest] = entry
            if self._path is not None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")

    def tidy(self) -> None:
        """Write only what this run used, in the order of what it is about."""
        if self._path is not None:
            found = sorted(self.used.values(), key=lambda each: (each.about, each.digest))
            lines = [json.dumps(asdict(each), ensure_ascii=False) + "\n" for each in found]
            self._path.write_text("".join(lines), encoding="utf-8")


def digest_of(lines: Iterable[str]) -> str:
    """A digest of a program, whatever the order of its lines."""
    return hashlib.sha256("\n".join(sorted(set(lines))).encode()).hexdigest()[:24]
