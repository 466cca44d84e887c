"""Owns turning a rule's sentence template and the bindings of a firing into text."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import clingo
from jinja2 import Template, TemplateError, meta, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

_DAY = 24 * 60
_NAMES = "_names"


@dataclass(frozen=True)
class Names:
    """What sentences call things: clock labels by minute, drug texts by administration id.

    A minute counts from 00:00 of the encounter's first local date. `labels` overrides single
    minutes, as a change to daylight-saving time within the encounter needs. `terms` names services
    that no administration id stands for, and `spans` says from which minute to which a service or
    an administration ran; both are keyed by the symbol's text.
    """

    drugs: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[int, str] = field(default_factory=dict)
    terms: Mapping[str, str] = field(default_factory=dict)
    spans: Mapping[str, Sequence[tuple[int, int]]] = field(default_factory=dict)

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

    def when(self, service: str) -> str:
        """Where a service ran, with a leading comma, as `, 09:00 to 10:05`; empty if unknown."""
        found = self.spans.get(service, ())
        parts = (
            self.clock(start) if start == stop else f"{self.clock(start)} to {self.clock(stop)}"
            for start, stop in found
        )
        return ", " + " and ".join(parts) if found else ""

    def drug(self, admin: str) -> str:
        """The drug text of an administration id, or the text as it is when it names none."""
        return self.drugs.get(admin, admin)


class SentenceError(Exception):
    """A sentence template that Jinja can't read or render."""

    def __init__(self, template: str, reason: str) -> None:
        super().__init__(f"sentence {template!r} can't be rendered: {reason}")
        self.message = str(self)
        self.help = "placeholders are the rule's variables; filters are clock, name, drug and when"


class Constant(str):
    """A lower-case constant; compares as written, shown with blanks for underscores."""

    __slots__ = ()


@dataclass(frozen=True)
class Compound:
    """A term with a name and arguments, shown as its arguments behind its name."""

    name: str
    arguments: tuple[Any, ...]
    text: str = field(default="", compare=False)


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
    return Compound(symbol.name, arguments, str(symbol)) if arguments else Constant(symbol.name)


def shown(value: Any) -> Any:
    """A value as text: blanks in constants, tuples joined with commas."""
    if isinstance(value, Constant):
        return value.replace("_", " ")
    if isinstance(value, tuple):
        return ", ".join(str(shown(item)) for item in value)
    if isinstance(value, Compound):
        return f"{value.name.replace('_', ' ')} {shown(value.arguments)}"
    return "" if value is None else value


def _each(names: Names, value: Any, *, full: bool) -> Any:
    """Name the administrations in a value, inside of tuples and service terms too."""
    if isinstance(value, Constant):
        return shown(value)
    if isinstance(value, str):
        return names.name(value) if full else names.drug(value)
    if isinstance(value, tuple):
        return ", ".join(str(_each(names, item, full=full)) for item in value)
    if isinstance(value, Compound):
        if value.text in names.terms:
            return names.terms[value.text]
        for item in value.arguments:
            if isinstance(item, str) and item in names.drugs:
                return _each(names, item, full=full)
    return shown(value)


def _clock(names: Names, value: Any) -> Any:
    return names.clock(value) if isinstance(value, int) else shown(value)


def _name(names: Names, value: Any) -> Any:
    return _each(names, value, full=True)


def _drug(names: Names, value: Any) -> Any:
    return _each(names, value, full=False)


def _when(names: Names, value: Any) -> Any:
    return names.when(value.text if isinstance(value, Compound) else f'"{value}"')


Filter = Callable[[Names, Any], Any]
_FILTERS: dict[str, Filter] = {"clock": _clock, "name": _name, "drug": _drug, "when": _when}


def _in_context(own: Filter) -> Callable[[Context, Any], Any]:
    @pass_context
    def apply(context: Context, value: Any) -> Any:
        names = context.get(_NAMES)
        return own(names if isinstance(names, Names) else Names(), value)

    return apply


def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(finalize=shown, autoescape=False)
    made.filters.update({name: _in_context(own) for name, own in _FILTERS.items()})
    return made


_JINJA = _environment()
_Piece = str | tuple[str, Filter | None]


@dataclass(frozen=True)
class Sentence:
    """A compiled template. Plain text and placeholders with one of our filters need no Jinja.

    `required` are the placeholders that it doesn't ask for by `is defined`; a statement of the rule
    that does not bind them is a mere step of it and has no sentence.
    """

    source: str
    placeholders: frozenset[str]
    pieces: tuple[_Piece, ...] = ()
    template: Template | None = None
    required: frozenset[str] = frozenset()

    def render(self, bindings: Mapping[str, clingo.Symbol], names: Names) -> str:
        """The sentence with these bindings; a placeholder without a binding is empty."""
        values: dict[str, Any] = {
            key: value_of(bindings[key]) for key in self.placeholders if key in bindings
        }
        if self.template is None:
            text = "".join(_piece(piece, values, names) for piece in self.pieces)
            return " ".join(text.split())
        values[_NAMES] = names
        try:
            return " ".join(self.template.render(values).split())
        except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
            raise SentenceError(self.source, str(error)) from error


def _piece(piece: _Piece, values: Mapping[str, Any], names: Names) -> str:
    if isinstance(piece, str):
        return piece
    name, own = piece
    if name not in values:
        return ""
    return str(own(names, values[name]) if own is not None else shown(values[name]))


def _simple(parsed: nodes.Template) -> tuple[_Piece, ...] | None:
    """The pieces of a template that only names placeholders; None for any other."""
    pieces: list[_Piece] = []
    for output in parsed.body:
        if not isinstance(output, nodes.Output):
            return None
        for node in output.nodes:
            if isinstance(node, nodes.TemplateData):
                pieces.append(node.data)
            elif isinstance(node, nodes.Name):
                pieces.append((node.name, None))
            elif (
                isinstance(node, nodes.Filter)
                and isinstance(node.node, nodes.Name)
                and node.name in _FILTERS
                and not (node.args or node.kwargs or node.dyn_args or node.dyn_kwargs)
            ):
                pieces.append((node.node.name, _FILTERS[node.name]))
            else:
                return None
    return tuple(pieces)


@lru_cache(maxsize=4096)
def compiled(source: str) -> Sentence:
    """The template of a sentence, compiled once in a process."""
    try:
        parsed = _JINJA.parse(source)
        pieces = _simple(parsed)
        if pieces is not None:
            used = frozenset(piece[0] for piece in pieces if isinstance(piece, tuple))
            return Sentence(source, used, pieces, required=used)
        found = frozenset(meta.find_undeclared_variables(parsed))
        needed = found.difference(_optional(parsed))
        return Sentence(source, found, template=_JINJA.from_string(source), required=needed)
    except TemplateError as error:
        raise SentenceError(source, str(error)) from error


def _optional(parsed: nodes.Template) -> Iterator[str]:
    """The names that a template asks for with `is defined`."""
    for test in parsed.find_all(nodes.Test):
        if test.name == "defined" and isinstance(test.node, nodes.Name):
            yield test.node.name


def is_bound(source: str, names: Collection[str]) -> bool:
    """Whether these variables fill every placeholder that the template can't do without."""
    return bool(source) and compiled(source).required.issubset(names)


def render(source: str, bindings: Mapping[str, clingo.Symbol], names: Names) -> str:
    """The text of a sentence template; an empty template is an empty text."""
    return compiled(source).render(bindings, names) if source else ""
