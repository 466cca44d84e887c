"""The rulebook on the page: stable addresses, links that lead somewhere, encounters of a batch."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urldefrag

import pytest

pytest.importorskip("duckdb", reason="the extra web is not installed")
pytest.importorskip("starlette", reason="the extra web is not installed")

from infusion_asp.author.docs.links import Links
from infusion_asp.rulebook import load_rulebook
from infusion_asp.web.book.addresses import PageLinks
from infusion_asp.web.book.bodies import book
from infusion_asp.web.book.fired import SIZE
from infusion_asp.web.settings import Settings
from tests.support.batch_directory import Made, made
from tests.support.web_client import Browser, opened

RULES = ("first_unit", "infusion", "support_fluid", "claim_units_over_minutes")
BESIDE = ("policies", "predicates", "graph", "sources")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(tmp_path_factory.mktemp("batch"), 300, 5)


@pytest.fixture(scope="module")
def browser(whole: Made) -> Iterator[Browser]:
    with opened(Settings(workers=0, batches=(whole.out,))) as found:
        yield found


def fired_in(whole: Made, rule: str) -> list[int]:
    """The encounters that name a rule anywhere."""
    tables = whole.tables
    found = {row["record"] for row in tables["lines"] if rule in row["rule_ids"]}
    for table in ("findings", "not_reported"):
        found |= {row["record"] for row in tables[table] if row["rule_id"] == rule}
    return sorted(found)


def shown(page: Any) -> list[int]:
    return [int(each) for each in re.findall(r"\?open=batch-1-(\d+)", page.text)]


def links(page: Any) -> set[str]:
    found = re.findall(r'href="([^"]*)"', page.text)
    return {html.unescape(each) for each in found}


def test_every_rule_is_listed(browser: Browser) -> None:
    page = browser.get("/rules")
    addresses = links(page)
    assert {f"/rules/{rule.id}" for rule in load_rulebook().rules} <= addresses


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_shown_with_the_encounters_in_which_it_fired(
    whole: Made, browser: Browser, rule: str
) -> None:
    page = browser.get(f"/rules/{rule}")
    right = fired_in(whole, rule)
    assert html.escape(book().pages[rule].rule.title, quote=False) in html.unescape(page.text)
    assert f'data-total="{len(right)}"' in page.text
    assert shown(page) == right[:SIZE]
    following = re.search(r'href="([^"]*)" data-step="next"', page.text)
    assert bool(following) == (len(right) > SIZE)
    if following:
        more = browser.get(html.unescape(following[1]))
        assert shown(more) == right[SIZE : 2 * SIZE]


def test_the_numbers_beside_the_rules_count_encounters(whole: Made, browser: Browser) -> None:
    found = browser.get("/book/counts").json()
    for rule in RULES:
        assert found[rule] == len(fired_in(whole, rule))


def test_all_encounters_of_a_rule_can_be_filtered(whole: Made, browser: Browser) -> None:
    page = browser.get("/batches/1?fired=first_unit")
    assert f'data-total="{len(fired_in(whole, "first_unit"))}"' in page.text


def test_without_a_batch_the_rules_are_shown_all_the_same() -> None:
    with opened(Settings(workers=0)) as browser:
        page = browser.get("/rules/first_unit")
        assert page.status_code == 200
        assert 'id="fired"' not in page.text
        assert browser.get("/book/counts").json() == {}


def test_a_second_batch_can_be_chosen(whole: Made, tmp_path_factory: Any) -> None:
    other = made(tmp_path_factory.mktemp("other"), 60, 9)
    with opened(Settings(workers=0, batches=(whole.out, other.out))) as browser:
        page = browser.get("/rules/infusion?batch=2")
        assert f'data-total="{len(fired_in(other, "infusion"))}"' in page.text
        assert browser.get("/book/counts?batch=2").json()["infusion"] == len(
            fired_in(other, "infusion")
        )


def test_links_of_the_pages_lead_to_pages(browser: Browser) -> None:
    """Those of one rule, one topic and all that stands beside; anchors are there too."""
    topic = book().pages["support_fluid"].topic.name
    pages = ["/rules", "/rules/support_fluid", f"/book/topics/{topic}"]
    pages += [f"/book/{name}" for name in BESIDE]
    texts: dict[str, str] = {}
    wanted = set()
    for address in pages:
        answer = browser.get(address)
        assert answer.status_code == 200, address
        texts[address] = answer.text
        wanted |= {link for link in links(answer) if link.startswith(("/rules", "/book"))}
    for address, anchor in map(urldefrag, wanted):
        path = address.partition("?")[0]
        if anchor and path in texts:
            assert f'id="{anchor}"' in texts[path], (address, anchor)
        elif path.startswith("/rules/"):
            assert path.removeprefix("/rules/") in book().pages
        elif path.startswith("/book/topics/"):
            assert path.removeprefix("/book/topics/") in {each.name for each in book().topics}
        elif path not in texts:
            assert browser.get(path).status_code == 200, path


def test_policies_say_who_says_what(browser: Browser) -> None:
    page = browser.get("/book/policies").text
    for table in book().tables:
        assert f'id="policy-{table.name}"' in page
        for said in table.says:
            assert html.escape(said) in page or said in html.unescape(page)


@pytest.mark.parametrize("path", ["/rules", "/rules/first_unit", "/book/graph", "/book/policies"])
def test_nothing_in_a_page_needs_inline_script_or_style(browser: Browser, path: str) -> None:
    page = browser.get(path).text
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", page)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


@pytest.mark.parametrize("name", ["bodies.css", "search.js", "graph.js"])
def test_files_of_the_static_site_are_served(browser: Browser, name: str) -> None:
    answer = browser.get(f"/book/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(
        "text/css" if name.endswith("css") else "text/javascript"
    )


@pytest.mark.parametrize(
    "path", ["/rules/no_such_rule", "/book/topics/none", "/book/none", "/rules/{{ 7 }}<script>"]
)
def test_a_page_that_is_not_there_is_said(browser: Browser, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "there is no" in answer.text
    assert "<script>" not in answer.text.replace("<script>\n", "")


def test_a_misspelt_rule_is_suggested(browser: Browser) -> None:
    answer = browser.get("/rules/frist_unit")
    assert "first_unit" in answer.text


def test_addresses_are_those_of_the_site_without_html() -> None:
    here, site = PageLinks(), Links()
    assert (here.rule("x"), site.rule("x")) == ("/rules/x", "rules/x.html")
    assert here.topic("infusions") == "/book/topics/infusions"
    assert here.page("index") == "/rules"
    assert here.policy("p") == "/book/policies#policy-p"
    assert here.predicate("span", 3) == "/book/predicates#predicate-span-3"
