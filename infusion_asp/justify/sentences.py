"""Owns turning a rule's sentence template and the bindings of a firing into text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import clingo
from jinja2 import Template, TemplateError, meta, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

_DAY = 24 * 60
_NAMES = "_names"


@dataclass(frozen=True)
class Names:
    """What sentences call things: clock labels by minute, drug texts by administration id.

    A minute counts from 00:00 of the encounter's first local date. `labels` overrides single
    minutes, as a change to daylight-saving time within the encounter needs.
    """

    drugs: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[int, str] = field(default_factory=dict)

    def clock(self, minute: int) -> str:
        """The clock time of a minute as HH:MM, with the number of days after the first."""
        if minute in self.labels:
            return self.labels[minute]
        days, rest = divmod(minute, _DAY)
        text = f"{rest // 60:02d}:{rest % 60:02d}"
        return f"{text} ({days:+d} day{'' if abs(days) == 1 else 's'})" if days else text

    def name(self, admin: str) -> str:
        """An administration id with its drug, or the text as it is when it names none."""
        drug = self.drugs.get(admin)
        return f"{admin} ({drug})" if drug else admin

    def drug(self, admin: str) -> str:
        """The drug text of an administration id, or the text as it is when it names none."""
        return self.drugs.get(admin, admin)


class SentenceError(Exception):
    """A sentence template that Jinja can't read or render."""

    def __init__(self, template: str, reason: str) -> None:
        super().__init__(f"sentence {template!r} can't be rendered: {reason}")
        self.message = str(self)
        self.help = "placeholders are the rule's variables; filters are clock, name and drug"


class Constant(str):
    """A lower-case constant; compares as written, shown with blanks for underscores."""

    __slots__ = ()


@dataclass(frozen=True)
class Compound:
    """A term with a name and arguments, shown as its arguments behind its name."""

    name: str
    arguments: tuple[Any, ...]


def value_of(symbol: clingo.Symbol) -> Any:
    """A symbol as templates see it: int, str, Constant, tuple or Compound."""
    kind = symbol.type
    if kind is clingo.SymbolType.Number:
        return symbol.number
    if kind is clingo.SymbolType.String:
        return symbol.string
    if kind is not clingo.SymbolType.Function:
        return str(symbol)
    arguments = tuple(value_of(argument) for argument in symbol.arguments)
    if not symbol.name:
        return arguments
    return Compound(symbol.name, arguments) if arguments else Constant(symbol.name)


def shown(value: Any) -> Any:
    """A value as text: blanks in constants, tuples joined with commas."""
    if isinstance(value, Constant):
        return value.replace("_", " ")
    if isinstance(value, tuple):
        return ", ".join(str(shown(item)) for item in value)
    if isinstance(value, Compound):
        return f"{value.name.replace('_', ' ')} {shown(value.arguments)}"
    return "" if value is None else value


def _known(context: Context) -> Names:
    names = context.get(_NAMES)
    return names if isinstance(names, Names) else Names()


@pass_context
def _clock(context: Context, value: Any) -> Any:
    return _known(context).clock(value) if isinstance(value, int) else shown(value)


def _each(names: Names, value: Any, *, full: bool) -> Any:
    """Name the administrations in a value, inside of tuples and service terms too."""
    if isinstance(value, Constant):
        return shown(value)
    if isinstance(value, str):
        return names.name(value) if full else names.drug(value)
    if isinstance(value, tuple):
        return ", ".join(str(_each(names, item, full=full)) for item in value)
    if isinstance(value, Compound):
        for item in value.arguments:
            if isinstance(item, str) and item in names.drugs:
                return _each(names, item, full=full)
    return shown(value)


@pass_context
def _name(context: Context, value: Any) -> Any:
    return _each(_known(context), value, full=True)


@pass_context
def _drug(context: Context, value: Any) -> Any:
    return _each(_known(context), value, full=False)


def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(finalize=shown, autoescape=False)
    made.filters.update(clock=_clock, name=_name, drug=_drug)
    return made


_JINJA = _environment()


@dataclass(frozen=True)
class Sentence:
    """A compiled template and the placeholders that it uses."""

    source: str
    template: Template
    placeholders: frozenset[str]

    def render(self, bindings: Mapping[str, clingo.Symbol], names: Names) -> str:
        """The sentence with these bindings; a placeholder without a binding is empty."""
        values: dict[str, Any] = {
            key: value_of(bindings[key]) for key in self.placeholders if key in bindings
        }
        values[_NAMES] = names
        try:
            return " ".join(self.template.render(values).split())
        except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
            raise SentenceError(self.source, str(error)) from error


@lru_cache(maxsize=4096)
def compiled(source: str) -> Sentence:
    """The template of a sentence, compiled once in a process."""
    try:
        found = meta.find_undeclared_variables(_JINJA.parse(source))
        return Sentence(source, _JINJA.from_string(source), frozenset(found))
    except TemplateError as error:
        raise SentenceError(source, str(error)) from error


def render(source: str, bindings: Mapping[str, clingo.Symbol], names: Names) -> str:
    """The text of a sentence template; an empty template is an empty text."""
    return compiled(source).render(bindings, names) if source else ""
