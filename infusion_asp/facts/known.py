"""Owns symbols that remember what they are: name, arguments, value, hash; clingo is asked once.

clingo's own class asks the C library at every access, which costs more than solving a small
encounter. Equal symbols have equal representations in one process, and these are never freed.
The C interface is that of clingo 5, which its Python package calls itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from clingo import Symbol, SymbolType
from clingo._internal import _ffi, _lib  # type: ignore[attr-defined]

_MOST_KEPT = 500_000
_KNOWN: dict[int, Known] = {}
_NAMES: dict[int, str] = {}
_BYTES: dict[str, bytes] = {}


class Named(Protocol):
    """An atom: a symbol, or name and arguments by themselves."""

    @property
    def name(self) -> str: ...
    @property
    def arguments(self) -> Sequence[Symbol]: ...


class Known(Symbol):
    """A symbol with its parts at hand; equal to clingo's symbol of the same text."""

    __slots__ = ("_arguments", "_hash", "_name", "_number", "_string", "_type")

    @property
    def type(self) -> SymbolType:
        try:
            return self._type
        except AttributeError:
            self._type: SymbolType = super().type
            return self._type

    @property
    def name(self) -> str:
        try:
            return self._name
        except AttributeError:
            self._name: str = super().name
            return self._name

    @property
    def arguments(self) -> list[Symbol]:
        try:
            return self._arguments
        except AttributeError:
            self._arguments: list[Symbol] = [known(each._rep) for each in super().arguments]
            return self._arguments

    @property
    def number(self) -> int:
        try:
            return self._number
        except AttributeError:
            self._number: int = super().number
            return self._number

    @property
    def string(self) -> str:
        try:
            return self._string
        except AttributeError:
            self._string: str = super().string
            return self._string

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            self._hash: int = super().__hash__()
            return self._hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Symbol):
            return NotImplemented
        same: bool = self._rep == other._rep
        return same


def known(rep: int) -> Known:
    """The symbol of a representation; the same object for the same representation."""
    found = _KNOWN.get(rep)
    if found is None:
        if len(_KNOWN) >= _MOST_KEPT:
            _KNOWN.clear()
        found = _KNOWN[rep] = Known(rep)  # type: ignore[no-untyped-call]
    return found


def remembered(symbol: Symbol) -> Known:
    """The same symbol as one that remembers."""
    return symbol if isinstance(symbol, Known) else known(symbol._rep)


def function(name: str, arguments: Sequence[Symbol]) -> Known:
    """The atom or term `name(arguments)`; raises RuntimeError where clingo can't make it."""
    size = len(arguments)
    given = _ffi.new("clingo_symbol_t[]", [each._rep for each in arguments])
    made = _ffi.new("clingo_symbol_t*")
    if not _lib.clingo_symbol_create_function(_bytes(name), given, size, True, made):
        raise RuntimeError(f"clingo can't make a term {name}/{size}")
    return known(made[0])


def parts(representations: Iterable[int]) -> Iterator[tuple[str, tuple[Known, ...]]]:
    """Name and arguments of each atom, in order."""
    text, given, size = _ffi.new("char**"), _ffi.new("clingo_symbol_t**"), _ffi.new("size_t*")
    name_of, arguments_of = _lib.clingo_symbol_name, _lib.clingo_symbol_arguments
    cast, unpack, kept = _ffi.cast, _ffi.unpack, _KNOWN
    for rep in representations:
        name_of(rep, text)
        arguments_of(rep, given, size)
        at = int(cast("uintptr_t", text[0]))
        name = _NAMES.get(at)
        if name is None:
            name = _NAMES[at] = _ffi.string(text[0]).decode()
        below = unpack(given[0], size[0]) if size[0] else ()
        yield name, tuple([kept.get(each) or known(each) for each in below])


def representations(symbols: Sequence[Symbol]) -> list[int]:
    """The representations of the symbols of a model, as clingo gives them."""
    given = symbols._p_symbols  # type: ignore[attr-defined]
    found: list[int] = _ffi.unpack(given, len(given)) if len(given) else []
    return found


def atoms_named(grounded: Any, name: str, arity: int) -> list[Known]:
    """The atoms of one predicate among the `symbolic_atoms` of what is grounded."""
    atoms = grounded._rep
    signature = _ffi.new("clingo_signature_t*")
    place = _ffi.new("clingo_symbolic_atom_iterator_t*")
    valid, symbol = _ffi.new("bool*"), _ffi.new("clingo_symbol_t*")
    found: list[Known] = []
    if not _lib.clingo_signature_create(_bytes(name), arity, True, signature):
        _failed()
    _lib.clingo_symbolic_atoms_begin(atoms, signature, place)
    while _lib.clingo_symbolic_atoms_is_valid(atoms, place[0], valid) and valid[0]:
        _lib.clingo_symbolic_atoms_symbol(atoms, place[0], symbol)
        found.append(known(symbol[0]))
        _lib.clingo_symbolic_atoms_next(atoms, place[0], place)
    return found


class Hand:
    """Hands facts to a backend of clingo's, many with few calls."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend._rep
        self._symbol = _ffi.new("clingo_symbol_t*")
        self._atom = _ffi.new("clingo_atom_t[1]")
        self._arguments = _ffi.new("clingo_symbol_t[]", 64)

    def give(self, facts: Iterable[Symbol]) -> None:
        """These symbols as facts; raises RuntimeError or MemoryError."""
        symbol = self._symbol
        for fact in facts:
            symbol[0] = fact._rep
            self._add()

    def give_each(self, first: Symbol, atoms: Iterable[Named]) -> None:
        """Atoms as facts, each with one more argument before its own."""
        create, symbol, given = _lib.clingo_symbol_create_function, self._symbol, self._arguments
        given[0] = first._rep
        for atom in atoms:
            name, size = atom.name, 1
            for each in atom.arguments:
                given[size] = each._rep
                size += 1
            if not create(_BYTES.get(name) or _bytes(name), given, size, True, symbol):
                raise RuntimeError(f"clingo can't make an atom {name}/{size}")
            self._add()

    def _add(self) -> None:
        backend, atom = self._backend, self._atom
        if not _lib.clingo_backend_add_atom(backend, self._symbol, atom):
            _failed()
        if not _lib.clingo_backend_rule(backend, False, atom, 1, _ffi.NULL, 0):
            _failed()


def _bytes(name: str) -> bytes:
    found = _BYTES.get(name)
    if found is None:
        found = _BYTES[name] = name.encode()
    return found


def _failed() -> None:
    if _lib.clingo_error_code() == _lib.clingo_error_bad_alloc:
        raise MemoryError
    raise RuntimeError("clingo does not take a fact")
