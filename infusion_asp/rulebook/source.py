"""Owns reading one rule file: forbidden directives before parsing, then clingo's AST."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import clingo.ast
from clingo.ast import AST, ASTType

from infusion_asp.rulebook.errors import Problem

MESSAGE_LIMIT = 100_000
UNREADABLE = "unreadable-file"
FORBIDDEN = "forbidden-construct"
SYNTAX = "syntax-error"
UNSAFE = "unsafe-variable"
_TOKEN = re.compile(r'%\*|\*%|%|"(?:\\["\\n]|[^"\\\n])*"|#(?:include|script)\b|\n')
_PLACE = re.compile(r"^(?P<file>.*?):(?P<line>\d+):(?P<column>\d+)(?:-[\d:]+)?: ", re.DOTALL)


@dataclass(frozen=True)
class Source:
    """One parsed rule file; `name` is what messages call it, `path` what clingo calls it."""

    name: str
    path: str
    text: str
    statements: tuple[AST, ...] = ()
    comments: tuple[AST, ...] = ()
    problems: tuple[Problem, ...] = ()
    lines: tuple[str, ...] = field(default=(), repr=False)

    def line(self, number: int) -> str:
        """The source line (counted from 1), without its outer blanks."""
        return self.lines[number - 1].strip() if 0 < number <= len(self.lines) else ""

    def problem(self, node: AST, message: str, help: str = "", id: str = "") -> Problem:
        """A problem at the place where `node` begins."""
        begin = node.location.begin
        return self.problem_at(begin.line, begin.column, message, help, id)

    def problem_at(
        self, line: int, column: int, message: str, help: str = "", id: str = ""
    ) -> Problem:
        """A problem at a line and column of this file, with the source line."""
        return Problem(self.name, line, column, message, self.line(line), help, id)


def read_source(path: Path, name: str) -> Source:
    """Read and parse one file; what is wrong with it stands in `problems`."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        said = f"not UTF-8 at byte {error.start}"
        whole = Problem(name, 0, 0, said, help="save it as UTF-8", id=UNREADABLE)
        return Source(name, str(path), "", problems=(whole,))
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        return Source(name, str(path), "", problems=(Problem(name, 0, 0, reason, id=UNREADABLE),))
    lines = tuple(text.split("\n"))
    bare = Source(name, str(path), text, lines=lines)
    refused = tuple(_refused(bare))
    if refused:
        return Source(name, str(path), text, problems=refused, lines=lines)
    statements: list[AST] = []
    comments: list[AST] = []
    messages: list[str] = []

    def keep(node: AST) -> None:
        (comments if node.ast_type == ASTType.Comment else statements).append(node)

    try:
        clingo.ast.parse_files(
            [str(path)],
            keep,
            logger=lambda _code, message: messages.append(message),
            message_limit=MESSAGE_LIMIT,
        )
    except RuntimeError as error:
        if not messages:
            messages.append(str(error))
    problems = tuple(from_message(message, {str(path): bare}) for message in messages)
    return Source(name, str(path), text, tuple(statements), tuple(comments), problems, lines)


def from_message(message: str, sources: dict[str, Source]) -> Problem:
    """A message of clingo as a problem, with the place in the author's file where it names one."""
    found = _PLACE.match(message)
    said = " ".join(message[found.end() if found else 0 :].split())
    said = re.sub(r"^(error|info|warning): ", "", said)
    if not found:
        return Problem("rulebook", 0, 0, said, id=SYNTAX)
    line, column = int(found["line"]), int(found["column"])
    source = sources.get(found["file"])
    if source is None:
        return Problem(found["file"], line, column, said, id=SYNTAX)
    return source.problem_at(line, column, said, *_cure(said))


def _cure(said: str) -> tuple[str, str]:
    """The cure of what clingo said, and the name of the check."""
    if "operation undefined" in said:
        cure = "guard the arithmetic: some term here isn't a number, or a divisor is zero"
        return cure, "undefined-operation"
    if "unsafe" in said:
        return "bind each of these variables in a positive literal of the body", UNSAFE
    if "syntax error" in said or "lexer error" in said:
        return "look at the end of the statement before: a missing '.' shows up here", SYNTAX
    return "", SYNTAX


def _refused(source: Source) -> Iterator[Problem]:
    """`#include` and `#script` outside of comments and strings; they leave nothing to check."""
    for token, offset in _code_tokens(source.text):
        line = source.text.count("\n", 0, offset) + 1
        column = offset - (source.text.rfind("\n", 0, offset) + 1) + 1
        cure = {
            "#include": "put the file into the rulebook's directory; every .lp file there is read",
            "#script": "rules are plain ASP; compute the value in a rule or ask for an input fact",
        }[token]
        said = f"{token} is not allowed in a rulebook"
        yield source.problem_at(line, column, said, cure, FORBIDDEN)


def _code_tokens(text: str) -> Iterator[tuple[str, int]]:
    depth, line_comment = 0, False
    position = 0
    while found := _TOKEN.search(text, position):
        token, position = found.group(), found.end()
        if line_comment:
            line_comment = token != "\n"
            position = found.start() + 1  # a quote in a comment starts no string
        elif depth:
            depth += {"%*": 1, "*%": -1}.get(token, 0)
            line_comment = token == "%"  # clingo reads a line comment inside of a block comment
            if token not in ("%*", "*%"):
                position = found.start() + 1
        elif token == "%*":
            depth = 1
        elif token == "%":
            line_comment = True
        elif token == "*%":  # a product with a comment behind it
            position = found.start() + 1
        elif token.startswith("#"):
            yield token, found.start()
