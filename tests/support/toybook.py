"""Owns small rulebooks for tests: files written below a temporary directory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import clingo
import clingo.ast

TOY_VOCABULARY = """\
%! version 7
%! enum role: initial subsequent concurrent
%! enum route: intravenous intramuscular
%! span(Admin, Start, Stop)
%    input
%    Admin: id; Start: minute; Stop: minute
%    sentence: {{ Admin }} ran from {{ Start }} to {{ Stop }}
%! route(Admin, Route)
%    input
%    Admin: id; Route: route
%! after(Admin, Other)
%    input
%    Admin: id; Other: id
%! threshold(Name, Minutes)
%    shared
%! policy(Name, Value)
%    shared input
%! minutes(Admin, Minutes)
%    derived
%! plays(Service, Role)
%    derived output
%    Service: id; Role: role
%! violates(Rule, Evidence)
%    derived
%    Rule: rule
"""

TOY_THRESHOLDS = """\
% @rule short_run
% title: A short run
threshold(short, 15).
"""

TOY_RULES = """\
% @rule run_minutes
% title: Minutes of a run
% sentence: {{ Admin }} ran from {{ Start }} to {{ Stop }}
minutes(Admin, Stop - Start) :- span(Admin, Start, Stop).
"""


def write_book(root: Path, files: Mapping[str, str], *, toy: bool = True) -> Path:
    """Write the files into `root`; with `toy` on top of the toy vocabulary and rules."""
    base = {
        "vocabulary.lp": TOY_VOCABULARY,
        "thresholds.lp": TOY_THRESHOLDS,
        "derive/minutes.lp": TOY_RULES,
    }
    for name, text in {**(base if toy else {}), **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def rule(body: str, rule_id: str = "some_rule", keys: str = "") -> str:
    """A rule's text with the smallest header."""
    lines = "".join(f"% {line}\n" for line in keys.splitlines())
    return f"% @rule {rule_id}\n% title: Some rule\n{lines}{body}\n"


def symbols(*texts: str) -> list[clingo.Symbol]:
    """Ground terms from their text."""
    return [clingo.parse_term(text) for text in texts]
