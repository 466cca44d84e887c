"""The pages of the rulebook in a browser, from files: the search finds, nothing is fetched."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from infusion_asp.author.docs import write_page, write_site
from infusion_asp.author.docs.book import Book
from infusion_asp.author.lint.citations import read_citations
from infusion_asp.facts import load_policies
from infusion_asp.rulebook import load_rulebook, shipped_logic

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)

pytestmark = pytest.mark.skipif(not BROWSER, reason="no browser here")


@pytest.fixture(scope="module")
def book() -> Book:
    return Book(load_rulebook(), read_citations([shipped_logic()]), load_policies(shipped_logic()))


def opened(address: str, profile: Path) -> str:
    """The page as it is after its script ran."""
    done = subprocess.run(
        [BROWSER, *QUIET, f"--user-data-dir={profile}", "--dump-dom", address],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    return done.stdout


def shown(page: str) -> set[str]:
    """The rules that the list shows."""
    rows = re.findall(r"<li data-find=\"[^\"]*\"( hidden=\"\")?>\s*<div><a href=\"([^\"]*)\"", page)
    return {
        re.split(r"[/#-]", address.removesuffix(".html"))[-1]
        for hidden, address in rows
        if not hidden
    }


def test_the_search_of_the_site_shows_what_has_all_words(book: Book, tmp_path: Path) -> None:
    write_site(book, tmp_path / "site")
    page = opened(
        f"{(tmp_path / 'site' / 'index.html').as_uri()}?q=hydration+minutes", tmp_path / "p"
    )
    found = shown(page)
    assert "push_minutes_off" in found
    assert 0 < len(found) < len(book.rulebook.rules)
    assert f"{len(found)} rules of {len(book.rulebook.rules)}" in page


def test_without_a_word_every_rule_is_shown(book: Book, tmp_path: Path) -> None:
    target = write_page(book, tmp_path / "all.html")
    page = opened(target.as_uri(), tmp_path / "p")
    assert shown(page) == {rule.id for rule in book.rulebook.rules}


def test_the_search_of_a_single_page_finds_the_same(book: Book, tmp_path: Path) -> None:
    target = write_page(book, tmp_path / "all.html")
    page = opened(f"{target.as_uri()}?q=hydration+minutes", tmp_path / "p")
    assert "push_minutes_off" in shown(page)
    assert "time_thresholds" not in shown(page)
