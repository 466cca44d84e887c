"""Owns the layout of one statement: on one line if it was and fits, else a literal a line."""

from __future__ import annotations

from dataclasses import dataclass, field

from infusion_asp.author.layout.tokens import Kind, Token, joined

WIDTH = 120
_INDENT = "    "
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")


@dataclass
class _Literal:
    """One literal of a body with the comments above it and behind it."""

    above: list[str] = field(default_factory=list)
    row: list[Token] = field(default_factory=list)
    behind: str = ""


def laid_out(statement: list[Token]) -> list[str]:
    """The lines of a statement; its last token is the full stop."""
    code = [token for token in statement if token.kind is not Kind.COMMENT]
    commented = len(code) < len(statement)
    whole = joined(code)
    neck = next((at for at, token in enumerate(code) if token.text == ":-"), None)
    one_line = statement[0].line == statement[-1].line and not commented
    if len(whole) <= WIDTH and (one_line or (neck is None and not commented)):
        return [whole]
    if neck is None:
        return [*(t.text for t in statement if t.kind is Kind.COMMENT), whole]
    return _broken(statement)


def _broken(statement: list[Token]) -> list[str]:
    """The head with its neck, then each literal of the body on a line of its own."""
    at = next(index for index, token in enumerate(statement) if token.text == ":-")
    head = [token for token in statement[: at + 1] if token.kind is not Kind.COMMENT]
    lines = [token.text for token in statement[:at] if token.kind is Kind.COMMENT]
    lines.append(joined(head))
    for literal in _literals(statement[at + 1 :]):
        lines.extend(f"{_INDENT}{comment}" for comment in literal.above)
        behind = f"  {literal.behind}" if literal.behind else ""
        if literal.row:
            lines.extend(f"{_INDENT}{line}" for line in _folded(literal.row))
            lines[-1] += behind
    return lines


def _folded(row: list[Token]) -> list[str]:
    """A literal on one line; where that is too long, an aggregate folds behind its colon."""
    whole = joined(row)
    colon = next((at for at, token in enumerate(row) if token.text == ":"), None)
    if colon is None or len(_INDENT + whole) <= WIDTH:
        return [whole]
    conditions = joined(row[colon + 1 :])
    if len(_INDENT * 2 + conditions) <= WIDTH:
        return [joined(row[: colon + 1]), _INDENT + conditions]
    rest = [literal.row for literal in _literals(row[colon + 1 :])]
    return [joined(row[: colon + 1]), *(_INDENT + joined(each) for each in rest if each)]


def _literals(body: list[Token]) -> list[_Literal]:
    """The body cut behind each comma or semicolon that no bracket holds."""
    found = [_Literal()]
    depth = 0
    for token in body:
        current = found[-1]
        if token.kind is Kind.COMMENT:
            if not current.row and not token.fresh and len(found) > 1 and not found[-2].behind:
                found[-2].behind = token.text
            else:
                current.above.append(token.text)
            continue
        current.row.append(token)
        depth += (token.text in _OPEN) - (token.text in _CLOSE)
        if depth <= 0 and token.text in (",", ";"):
            found.append(_Literal())
    return found
