"""Every command that README and docs show prints what they say it prints."""

import re

import pytest

from scripts.shown_commands import ROOT, now, pages, shown

BLOCKS = [(page.relative_to(ROOT).as_posix(), block) for page in pages() for block in shown(page)]


def without_digests(text: str) -> str:
    return re.sub(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8}\b", "(digest)", text)


def test_pages_show_commands() -> None:
    assert BLOCKS


@pytest.mark.parametrize(
    ("page", "block"), BLOCKS, ids=[f"{page}: {block.splitlines()[0]}" for page, block in BLOCKS]
)
def test_a_shown_command_prints_what_the_page_says(page: str, block: str) -> None:
    assert without_digests(block) == without_digests(now(block)), (
        "run python -m scripts.shown_commands"
    )
