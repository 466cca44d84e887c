"""Owns the check of a reader's options: known names, and the values of closed lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from infusion_asp.model.errors import InputError, did_you_mean, nearest, shown


def chosen(
    given: Mapping[str, str], choices: Mapping[str, Sequence[str]], free: Sequence[str]
) -> dict[str, str]:
    """The options with a value, each closed one that is absent with its first choice.

    `choices` are the values of closed options, `free` the names of the others. Raises
    InputError for another name or value.
    """
    names = (*choices, *free)
    for name, value in given.items():
        if name not in names:
            help = did_you_mean(nearest(name, names)) or f"known are {', '.join(names)}"
            raise InputError(name, f"there is no option {shown(name)}", help, kind="no_option")
        known = choices.get(name)
        if known is not None and value not in known:
            help = f"known are {', '.join(known)}"
            raise InputError(name, f"{shown(value)} is not a {name}", help, kind="bad_option")
    first = {name: known[0] for name, known in choices.items()}
    return first | {name: value for name, value in given.items() if value}
