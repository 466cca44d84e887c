"""Owns `python -m infusion_asp.rulebook [DIR [OVERLAY...]]`: prints every problem of a rulebook."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from infusion_asp.rulebook.errors import RulebookError
from infusion_asp.rulebook.loader import load_rulebook


def main(arguments: Sequence[str]) -> int:
    """Check a rulebook: 0 if it is right, 2 with every problem on standard error if not."""
    directory = Path(arguments[0]) if arguments else None
    try:
        book = load_rulebook(directory, [Path(a) for a in arguments[1:]])
    except RulebookError as error:
        for message in error.messages:
            print(message, file=sys.stderr)
        print(f"{len(error.problems)} problem(s)", file=sys.stderr)
        return 2
    print(f"{len(book.rules)} rules, {len(book.statements)} statements, digest {book.digest[:12]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
