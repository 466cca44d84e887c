"""Input errors: where (JSON path), what the user typed, and help; with did-you-mean."""

import difflib
from collections.abc import Iterable
from typing import Any

LONGEST_SHOWN = 60  # characters of a typed value that a message repeats
NEAR = 0.8  # difflib ratio from which a value is a misspelling of a known one
NEAR_KEY = 0.6  # the same for keys, where a wrong guess costs nothing


class InputError(ValueError):
    """One refused input; `str()` gives path and kind only and is safe for logs.

    `path` is a JSON path inside the record (`$.administrations[2].stop`), `message` one
    lower-case sentence that quotes what was typed, `help` what to write instead (may be empty),
    `kind` a short name of the sort of error, `others` the further errors of the same record.
    """

    def __init__(
        self,
        path: str,
        message: str,
        help: str = "",
        *,
        kind: str = "bad_value",
        others: tuple["InputError", ...] = (),
    ) -> None:
        self.path = path
        self.message = message
        self.help = help
        self.kind = kind
        self.others = others
        super().__init__(f"{path}: {kind.replace('_', ' ')}")

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (self.path, self.message, self.help, self.kind, self.others))

    def all(self) -> tuple["InputError", ...]:
        """This error and the further ones of the same record, in document order."""
        return (self, *self.others)


def _rebuild(
    path: str, message: str, help: str, kind: str, others: tuple[InputError, ...]
) -> InputError:
    return InputError(path, message, help, kind=kind, others=others)


def shown(value: Any) -> str:
    """`value` as a message quotes it: in single quotes, cut, without control characters."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple | set):
        return "a list"
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    return f"'{printable(text)}'"


def printable(text: str) -> str:
    """`text` cut to a line's length, everything unprintable escaped."""
    cut = text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)


def nearest(value: str, known: Iterable[str], cutoff: float = NEAR) -> str | None:
    """The known value that `value` most likely misspells, or None."""
    folded = {_fold(name): name for name in reversed(list(known))}
    found = difflib.get_close_matches(_fold(value), folded, n=1, cutoff=cutoff)
    return folded[found[0]] if found else None


def nearest_key(key: str, known: Iterable[str]) -> str | None:
    """The field that `key` most likely means: a misspelling, or a short form of it."""
    names = list(known)
    found = nearest(key, names, NEAR_KEY)
    if found is None and len(key) > 2:
        starts = [name for name in names if name.startswith(_fold(key) + "_")]
        found = starts[0] if starts else None
    return found


def did_you_mean(suggestion: str | None) -> str:
    """The help sentence for a suggestion, empty without one."""
    return f"did you mean '{suggestion}'?" if suggestion else ""


def json_path(parts: Iterable[str | int]) -> str:
    """The JSON path of a location: `$.administrations[2].stop`."""
    path = "$"
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part.isidentifier():
            path += f".{printable(part)}"
        else:
            path += f"['{printable(part)}']"
    return path


def _fold(text: str) -> str:
    return text.strip().lower().replace("-", "_").replace(" ", "_")
