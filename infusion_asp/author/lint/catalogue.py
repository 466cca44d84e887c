"""Owns the list of checks: the id, the level and the title of each."""

from __future__ import annotations

from dataclasses import dataclass

DOCS = "docs/lint.md"


@dataclass(frozen=True)
class Check:
    """One check; `open` says whether a rule may state an exception to it."""

    id: str
    level: str
    title: str
    open: bool = False


def _checks(level: str, rows: str, *, open: bool = False) -> dict[str, Check]:
    made = {}
    for row in filter(None, map(str.strip, rows.splitlines())):
        id, _, title = row.partition(": ")
        made[id] = Check(id, level, title, open)
    return made


CHECKS = {
    **_checks(
        "error",
        """
        unreadable-file: A rule file or directory cannot be read
        never-loaded: A rule file lies where nothing loads it
        syntax-error: A statement that clingo cannot parse
        forbidden-construct: A directive, head or term that a rulebook may not hold
        undefined-operation: Arithmetic on something that is no number
        missing-header: A statement without a rule header
        empty-rule: A header that covers no statement
        header-key: A line of a header that is no known key
        header-value: A value that its key does not allow
        inconsistent-dates: Dates of a header that cannot both hold
        rule-id: An id that is no id
        duplicate-id: An id given twice
        replaced-rule: A replacement of a rule that does not exist, or in a circle
        doc-comment: A comment of the vocabulary that cannot be read
        unknown-predicate: A predicate that no rule derives and no vocabulary documents
        wrong-arity: A predicate with another number of arguments than documented
        underived-predicate: A documented predicate that is read and never derived
        undocumented-predicate: A predicate used across files without a doc comment
        shared-predicate: A predicate that cannot be lifted to batches
        unknown-constant: A constant outside the enumeration of its argument
        recursion-through-negation: A predicate that depends on its own negation
        broken-template: A sentence that is no template
        unbound-placeholder: A placeholder that no statement of the rule binds
        unsafe-variable: A variable that no positive literal binds
        endless-grounding: Rules whose instances have no end
        exception: An exception without a reason, or to a check that allows none
        unresolved-citation: A citation that no table of sources knows
        profile: A line of a profile that is no choice of a policy
        unknown-specification: A number of RULES.md that does not exist
        """,
    ),
    **_checks(
        "warning",
        """
        incomplete-header: A header that lacks what its kind of rule needs
        never-fires: A statement that no record and no policy can make true
        unsaid-predicate: A predicate without a sentence
        unused-predicate: A predicate that nothing reads
        unused-argument: An argument that nothing reads
        variable-used-once: A variable that stands only once in its statement
        unknown-code: A code that no table knows
        misspelt-constant: A constant that is almost another one of its place
        bare-number: A number without a name
        repeated-enumeration: The same constants listed in several places
        untested-rule: A rule that no test file covers
        """,
        open=True,
    ),
    **_checks(
        "warning",
        """
        stray-test: A test file that names no rule
        unimplemented: A numbered rule of RULES.md that no rule carries out
        idle-exception: An exception that excepts nothing
        """,
    ),
}
