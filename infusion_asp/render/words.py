"""Owns the filters of the templates: width, wrapping, padding, colour, escaping of Markdown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

_ANSI = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}
_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
_MARKDOWN = re.compile(r"([\\`*_\[\]|~])")
_BLANKS = re.compile(r"[ \t\r\n]+")
_ENTITY = re.compile(r"&(?=#?\w+;)")


def width_of(text: str) -> int:
    """Columns that `text` takes on a terminal; colour takes none, wide characters take two."""
    plain = _ESCAPE.sub("", text)
    if plain.isascii():
        return len(plain)
    return sum(_columns(ch) for ch in plain)


def wrap(text: str, width: int, first: int | None = None) -> list[str]:
    """`text` in lines of at most `width` columns, the first of at most `first`.

    Lines break at blanks, not at no-break spaces; words longer than a line are cut.
    """
    width = max(width, 6)
    room = width if first is None else max(first, 6)
    lines: list[str] = []
    line = ""
    for word in _BLANKS.split(str(text).strip()):
        joined = f"{line} {word}" if line else word
        if line and width_of(joined) > room:
            lines.append(line)
            room, joined = width, word
        while width_of(joined) > room:
            head = cut(joined, room, mark="")
            lines.append(head)
            room, joined = width, joined[len(head) :]
        line = joined
    if line or not lines:
        lines.append(line)
    return [each.replace("\N{NO-BREAK SPACE}", " ") for each in lines]


def paragraph(
    text: str, width: int, indent: int = 0, hang: int | None = None, bullet: str = ""
) -> str:
    """`text` wrapped to `width`, `indent` columns in, the lines after the first `hang` in.

    `bullet` stands before the text; without `hang` the lines below stand under the text.
    """
    begin = " " * indent + bullet
    later = width_of(begin) if hang is None else hang
    first, *rest = wrap(text, width - later, width - width_of(begin))
    return "\n".join([begin + first, *(" " * later + each for each in rest)])


def cut(text: str, width: int, mark: str = "…") -> str:
    """`text` of at most `width` columns, ending in `mark` where something was left out."""
    if width_of(text) <= width:
        return text
    room = width - width_of(mark)
    kept = ""
    used = 0
    for ch in text:
        size = _columns(ch)
        if used + size > room and (kept or mark):
            break
        kept += ch
        used += size
    return kept + mark


def pad(text: str, width: int, side: str = "left") -> str:
    """`text` filled with blanks to `width` columns; `side` is where the text stands."""
    blanks = " " * max(0, width - width_of(text))
    return blanks + text if side == "right" else text + blanks


def columns(cells: Sequence[str], widths: Sequence[int], gap: int = 2, indent: int = 2) -> str:
    """A row of a table, cells wrapped to their widths; a negative width stands to the right."""
    wrapped = [wrap(cell, abs(width)) for cell, width in zip(cells, widths, strict=True)]
    height = max(len(each) for each in wrapped)
    rows = []
    for number in range(height):
        parts = [
            pad(
                lines[number] if number < len(lines) else "",
                abs(width),
                "right" if width < 0 else "left",
            )
            for lines, width in zip(wrapped, widths, strict=True)
        ]
        rows.append((" " * indent + (" " * gap).join(parts)).rstrip())
    return "\n".join(rows)


def painter(color: bool) -> Callable[..., str]:
    """The filter `paint`: text in a colour or weight, or the text alone without colour."""

    def paint(text: object, *styles: str) -> str:
        plain = str(text)
        codes = ";".join(_ANSI[each] for each in styles if each in _ANSI)
        if not color or not codes or not plain:
            return plain
        return "\n".join(f"\x1b[{codes}m{each}\x1b[0m" for each in plain.split("\n"))

    return paint


def md(text: object) -> str:
    """`text` for a paragraph or a table cell of Markdown: nothing in it is markup."""
    flat = " ".join(str(text).split())
    flat = _ENTITY.sub("&amp;", flat).replace("<", "&lt;").replace(">", "&gt;")
    flat = _MARKDOWN.sub(r"\\\1", flat)
    return re.sub(r"^([#+-]|\d+[.)])(?=\s)", r"\\\1", flat)


def count(number: int, one: str, many: str = "") -> str:
    """`1 finding`, `2 findings`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def joined(parts: Iterable[object], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    words = [str(each) for each in parts]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def _columns(ch: str) -> int:
    if unicodedata.combining(ch):
        return 0
    return 2 if unicodedata.east_asian_width(ch) in "WF" else 1
