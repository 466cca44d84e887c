"""Owns the layout of a whole rule file: comments kept, blank lines in order, the meaning the same.

What comes out is parsed again: it must have the statements and the comments of what went in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import clingo.ast
from clingo.ast import AST, ASTType

from infusion_asp.author.layout.statements import laid_out
from infusion_asp.author.layout.tokens import Kind, Token, tokens
from infusion_asp.rulebook.errors import RulebookError
from infusion_asp.rulebook.source import read_source


class Unformattable(RuntimeError):  # noqa: N818
    """A file whose layout would change what it says: nothing is written."""

    def __init__(self, name: str) -> None:
        self.message = f"'{name}' would not say the same when laid out; it stays as it is"
        self.help = "please report it with the file"
        super().__init__(self.message)


@dataclass(frozen=True)
class Formatted:
    """A file as it is and as it should be."""

    path: Path
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether its layout is another than the canonical one."""
        return self.before != self.after

    @property
    def line(self) -> int:
        """The first line that differs, counted from 1."""
        pairs = zip(self.before.split("\n"), self.after.split("\n"), strict=False)
        return next((n for n, (a, b) in enumerate(pairs, start=1) if a != b), 1)


def formatted(path: Path) -> Formatted:
    """The layout of one file. Raises RulebookError where it cannot be parsed."""
    source = read_source(path, str(path))
    if source.problems:
        raise RulebookError(source.problems)
    after = canonical(source.text)
    if _said(after) != _said(source.text):
        raise Unformattable(str(path))
    return Formatted(path, source.text, after)


def rule_files(places: Sequence[Path]) -> Iterator[Path]:
    """The rule files of these files and directories, each once."""
    found: dict[Path, None] = {}
    for place in places:
        inside = sorted(place.rglob("*.lp")) if place.is_dir() else [place]
        found.update(dict.fromkeys(inside))
    yield from found


def canonical(text: str) -> str:
    """The canonical layout of a text."""
    lines: list[str] = []
    last = 0
    for group in _groups(text):
        start, end = group[0].line, _end(group[-1])
        behind = group[0].kind is Kind.COMMENT and not group[0].fresh and lines
        if behind:
            lines[-1] += f"  {group[0].text}"
        else:
            header = group[0].text.startswith("% @rule") and group[0].kind is Kind.COMMENT
            if lines and (start > last + 1 or (header and not lines[-1].startswith("%"))):
                lines.append("")
            lines.extend(
                group[0].text.split("\n") if group[0].kind is Kind.COMMENT else laid_out(group)
            )
        last = end
    return "\n".join(line.rstrip() for line in lines) + "\n" if lines else ""


def _end(token: Token) -> int:
    return token.line + token.text.count("\n")


def _groups(text: str) -> Iterator[list[Token]]:
    """Each comment between statements by itself, and each statement with what is inside of it."""
    group: list[Token] = []
    for token in tokens(text):
        if token.kind is Kind.COMMENT and not group:
            yield [token]
            continue
        group.append(token)
        if token.text == "." and token.kind is Kind.MARK:
            yield group
            group = []
    if group:
        yield group


def _said(text: str) -> tuple[list[str], list[str]]:
    """The statements of a text as clingo prints them, and its comments without outer blanks."""
    statements: list[str] = []
    comments: list[str] = []

    def keep(node: AST) -> None:
        if node.ast_type == ASTType.Comment:
            comments.append("\n".join(line.rstrip() for line in str(node.value).split("\n")))
        else:
            statements.append(str(node))

    clingo.ast.parse_string(text, keep)
    return statements, sorted(comments)
