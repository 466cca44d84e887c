"""Owns running many inquiries side by side: what all of them ask in a round is answered at once."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TypeVar

Question = TypeVar("Question")
Given = TypeVar("Given")
Found = TypeVar("Found")

Inquiry = Generator[Sequence[Question], list[Given], Found]
"""Yields what it asks, gets the answers in the same order, returns what it found."""


def side_by_side(
    inquiries: Sequence[Inquiry[Question, Given, Found]],
    answer: Callable[[list[Question]], list[Given]],
) -> list[Found]:
    """What each inquiry found, in the same order; `answer` is called once a round."""
    found: dict[int, Found] = {}
    asked: dict[int, Sequence[Question]] = {}

    def step(at: int, given: list[Given] | None) -> None:
        try:
            asked[at] = next(inquiries[at]) if given is None else inquiries[at].send(given)
        except StopIteration as stop:
            found[at] = stop.value

    for at in range(len(inquiries)):
        step(at, None)
    while asked:
        round_, asked = asked, {}
        answers = iter(answer([each for some in round_.values() for each in some]))
        for at, some in round_.items():
            step(at, [next(answers) for _ in some])
    return [found[at] for at in range(len(inquiries))]
