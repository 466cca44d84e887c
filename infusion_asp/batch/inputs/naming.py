"""Owns how messages name a file: by the end of its path, which tells files apart."""

from infusion_asp.model.errors import LONGEST_SHOWN, printable

_CUT = "..."


def named(path: str) -> str:
    """A path in single quotes, cut at its begin."""
    if len(path) > LONGEST_SHOWN:
        path = _CUT + path[len(_CUT) - LONGEST_SHOWN :]
    return f"'{printable(path)}'"
