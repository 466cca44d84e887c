"""Owns on which line of a JSON or YAML file the parts of its records begin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

Place = tuple[str | int, ...]

LARGEST = 32 * 1024 * 1024  # bytes; in a larger file a part stands on the line of its record
_DEEPEST = 2  # a field of the record, and an item of its list
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:\n]|[^\s{}\[\],:"]+')
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_Event = tuple[str, int, str]  # "{", "[", "end" or "value"; the line; the text of a value


def lines_of(path: Path, form: str) -> dict[Place, int]:
    """The line of each record `(number,)`, of its fields, and of the items of its lists.

    What cannot be read is left out: whoever asks has the line of the record to fall back on.
    """
    try:
        if path.stat().st_size > LARGEST:
            return {}
        text = path.read_text("utf-8-sig")
    except (OSError, ValueError):
        return {}
    found: dict[Place, int] = {}
    try:
        for place, line in _places(_yaml(text) if form == "yaml" else _json(text)):
            found.setdefault(place, line)
    except yaml.YAMLError:
        pass  # the parts before it were found
    return found


def _places(events: Iterator[_Event]) -> Iterator[tuple[Place, int]]:
    """The places, from the events of all records; a list at the top is a list of records."""
    record = 0
    stack: list[list[Any]] = []  # kind, key or index of the part that is open
    base = 0  # how many levels of the stack stand above the record
    for kind, line, text in events:
        if kind == "end":
            if not stack:
                return
            stack.pop()
            if len(stack) == base:
                record += 1
            elif not stack:
                base = 0
            continue
        top = stack[-1] if stack else None
        if top is not None and top[0] == "{" and not top[2]:
            top[1], top[2] = text, True  # a key
            continue
        if not stack and kind == "[":
            stack.append(["[", -1, False])
            base = 1
            continue
        if top is not None:
            if top[0] == "[":
                top[1] += 1
            else:
                top[2] = False
        place = tuple(level[1] for level in stack[base:])
        if len(place) <= _DEEPEST:
            yield (record, *place), line
        if kind in "{[":
            stack.append([kind, "" if kind == "{" else -1, False])
        elif len(stack) == base:
            record += 1


def _json(text: str) -> Iterator[_Event]:
    line = 1
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token == "\n":
            line += 1
        elif token in "{[":
            yield token, line, ""
        elif token in "}]":
            yield "end", line, ""
        elif token not in ",:":
            yield "value", line, token[1:-1] if token[0] == '"' else token


def _yaml(text: str) -> Iterator[_Event]:
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.MappingStartEvent):
            yield "{", line, ""
        elif isinstance(event, yaml.SequenceStartEvent):
            yield "[", line, ""
        elif isinstance(event, yaml.CollectionEndEvent):
            yield "end", line, ""
        elif isinstance(event, yaml.ScalarEvent):
            yield "value", line, event.value
        elif isinstance(event, yaml.AliasEvent):
            yield "value", line, ""
