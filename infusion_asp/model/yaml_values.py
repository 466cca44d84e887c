"""YAML as plain data, event by event: times stay text, aliases are counted, no tags.

The scalars are those of YAML 1.2: `true` and `false`, decimal numbers, `null`; everything else,
times and `yes` among it, is the text that the user typed. Nothing here recurses, so depth and
alias bombs end as errors.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from infusion_asp.model.errors import InputError, shown
from infusion_asp.model.plain import DEEPEST, Unreadable, mapping, number

MOST_ALIASED = 100_000  # values that the aliases of one document may stand for

_NUMBER = re.compile(r"[+-]?(0|[1-9]\d*)(\.\d*)?([eE][+-]?\d+)?")
_WORDS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class _Open:
    """A list or object that is still being read."""

    is_map: bool
    anchor: str | None
    items: list[Any] = field(default_factory=list)
    size: int = 1


class _Document:
    """Builds the values of one document from its events."""

    def __init__(self, events: Iterator[Any]) -> None:
        self.events = events
        self.anchors: dict[str, tuple[Any, int] | None] = {}
        self.aliased = 0

    def value(self, first: Any) -> Any:
        """The value that begins with the event `first`."""
        stack: list[_Open] = []
        event = first
        while True:
            done, value, size = self._step(event, stack)
            if done:
                if not stack:
                    return value
                stack[-1].items.append(value)
                stack[-1].size += size
            event = next(self.events)

    def _step(self, event: Any, stack: list[_Open]) -> tuple[bool, Any, int]:
        if isinstance(event, yaml.ScalarEvent):
            is_key = bool(stack) and stack[-1].is_map and len(stack[-1].items) % 2 == 0
            value = event.value if is_key else _scalar(event)
            self._name(event.anchor, value, 1)
            return True, value, 1
        if isinstance(event, yaml.AliasEvent):
            value, size = self._alias(event)
            return True, value, size
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if len(stack) >= DEEPEST:
                help = f"at most {DEEPEST} levels of lists and objects"
                raise _error(event, "the YAML is nested too deeply", help, "too_deep")
            _no_tag(event)
            if event.anchor:
                self.anchors[event.anchor] = None  # known, not finished
            stack.append(_Open(isinstance(event, yaml.MappingStartEvent), event.anchor))
            return False, None, 0
        ended = stack.pop()
        value = _mapping(ended.items) if ended.is_map else ended.items
        self._name(ended.anchor, value, ended.size)
        return True, value, ended.size

    def _name(self, anchor: str | None, value: Any, size: int) -> None:
        if anchor:
            self.anchors[anchor] = (value, size)

    def _alias(self, event: Any) -> tuple[Any, int]:
        if event.anchor not in self.anchors:
            raise _error(event, f"no anchor is named {shown(event.anchor)}", "", "bad_yaml")
        known = self.anchors[event.anchor]
        if known is None:
            message = f"the alias {shown(event.anchor)} stands inside itself"
            raise _error(event, message, "write the value out", "bad_yaml")
        self.aliased += known[1]
        if self.aliased > MOST_ALIASED:
            message = f"the alias {shown(event.anchor)} makes the document too large"
            help = f"aliases may stand for at most {MOST_ALIASED} values"
            raise _error(event, message, help, "too_large")
        return known


def yaml_values(text: str) -> Iterator[tuple[int, Any, bool]]:
    """Line (from 1), value and whether it stood in a list, for each document or item of its list.

    Raises InputError at bad syntax; the records before it have been yielded by then.
    """
    try:
        events = iter(yaml.parse(text, Loader=_LOADER))
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                yield from _document(events)
    except yaml.YAMLError as caught:
        error = _syntax(caught)
    else:
        return
    raise error


def _document(events: Iterator[Any]) -> Iterator[tuple[int, Any, bool]]:
    document = _Document(events)
    first = next(events)
    if not isinstance(first, yaml.SequenceStartEvent):
        yield first.start_mark.line + 1, document.value(first), False
        return
    _no_tag(first)
    for event in events:
        if isinstance(event, yaml.SequenceEndEvent):
            return
        yield event.start_mark.line + 1, document.value(event), True


def _scalar(event: Any) -> Any:
    text: str = event.value
    if event.tag not in (None, "!", "tag:yaml.org,2002:str"):
        _no_tag(event)
    if event.tag is not None or not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    return number(text) if _NUMBER.fullmatch(text) else text


def _mapping(items: list[Any]) -> Any:
    keys = items[0::2]
    for key in keys:
        if not isinstance(key, str):
            return Unreadable("bad_key", f"{shown(key)} is not a key", "a key is a plain word")
    return mapping(list(zip(keys, items[1::2], strict=True)))


def _no_tag(event: Any) -> None:
    if event.tag is not None and event.tag != "!":
        raise _error(event, f"the tag {shown(event.tag)} is not read", "leave it out", "bad_yaml")


def _error(event: Any, message: str, help: str, kind: str) -> InputError:
    mark = event.start_mark
    where = f"line {mark.line + 1}, column {mark.column + 1}"
    return InputError("$", f"{where}: {message}", help, kind=kind)


def _syntax(caught: yaml.YAMLError) -> InputError:
    mark = getattr(caught, "problem_mark", None)
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    what = getattr(caught, "problem", None) or getattr(caught, "reason", None) or "bad syntax"
    return InputError("$", f"{where}{what}", "write YAML", kind="bad_yaml")
