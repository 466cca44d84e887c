"""The rulebook as pages: what stands on them, that nothing else is needed, that links lead on."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from infusion_asp.author.docs import write_page, write_site
from infusion_asp.author.docs.book import Book
from infusion_asp.author.docs.graph import Item, drawing
from infusion_asp.author.docs.prose import plain
from infusion_asp.author.lint.citations import read_citations
from infusion_asp.cli import main
from infusion_asp.facts import load_policies
from infusion_asp.render.addresses import page_of, pages_at
from infusion_asp.rulebook import load_rulebook, shipped_logic

ROOT = Path(__file__).parents[2]
OWN = """\
% Owns a rule of a hospital <script>alert(1)</script> (T4).

% @rule night_note
% title: Infusions & "pushes" <b>after midnight</b>
% implements: T4
% sentence: {{ Bag | name }} ran {{ Minutes }} minutes{% if Minutes == 1 %} only{% endif %}
% help: {{ 'ask' if Minutes > 60 else 'do not ask' }} the nurse
% cites: HOUSE:1
% from: 2025-01-01
% settings: facility
% payers: medicare
% level: warning
% risk: documentation
finding(night_note, Bag, Minutes) :-
    technique(Bag, infusion), policy(long_push, push),
    bag_minutes(Bag, Minutes), night_limit(Limit), Minutes < Limit, night_bag(Bag).
night_bag(Bag) :- bag_minutes(Bag, 40).

% @rule night_limit
% title: Least minutes at night
% implements: T4
night_limit(45).
"""
TEST = """\
# T4: a rule of a hospital.
- name: forty minutes at <night> & more
  payer: medicare
  given: {a1: ceftriaxone 09:00-09:40, a2: vancomycin push 09:50}
  lines: [96365, 96375]
  findings: [night_note a1 40]
- name: this test fails
  payer: medicare
  given: {a1: ceftriaxone 09:00-09:40}
  lines: [96366]
  findings: [night_note a1 40]
"""


class Links(HTMLParser):
    """Addresses and anchors of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.anchors: set[str] = set()
        self.loaded: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if "id" in found:
            self.anchors.add(found["id"])
        if tag == "a":
            self.addresses.append(found["href"])
        elif found.get("src") or (tag == "link" and found["href"] != "data:,"):
            self.loaded.append(tag)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("own") / "house"
    (directory / "tests").mkdir(parents=True)
    (directory / "night.lp").write_text(OWN, encoding="utf-8")
    (directory / "tests" / "night_note.yaml").write_text(TEST, encoding="utf-8")
    return directory


@pytest.fixture(scope="module")
def site(own: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the shipped rules and one overlay, with the overlay's tests as examples."""
    out = tmp_path_factory.mktemp("site")
    arguments = ["rules", "docs", "--out", str(out), "--rules", str(own)]
    done = CliRunner().invoke(main, [*arguments, "--tests", str(own / "tests")])
    assert done.exit_code == 0, done.output
    return out


def page(site: Path, name: str) -> str:
    return (site / name).read_text(encoding="utf-8")


def words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_every_rule_has_a_page_at_its_address(site: Path) -> None:
    ids = {rule.id for rule in load_rulebook().rules} | {"night_note", "night_limit"}
    assert {path.stem for path in (site / "rules").glob("*.html")} == ids


def test_a_rule_says_what_why_when_and_whence(site: Path) -> None:
    said = words(page(site, "rules/night_note.html"))
    for expected in (
        "Bag ran Minutes minutes",
        "Carries out T4",
        "HOUSE:1",
        "Dates from 2025-01-01",
        "Settings facility",
        "Payers medicare",
        "long_push = push",
        "house/night.lp:3",
        "warning",
    ):
        assert expected in said


def test_examples_are_passing_tests_in_which_the_rule_fires(site: Path) -> None:
    text = page(site, "rules/night_note.html")
    assert "forty minutes at &lt;night&gt; &amp; more" in text
    assert "this test fails" not in text
    assert "finding night_note a1 40" in text
    assert "The rule fires in 1 passing test." in text
    assert "09:00 to 09:40" in words(text)


def test_a_rule_that_derives_nothing_has_tests_of_what_it_carries_out(site: Path) -> None:
    text = page(site, "rules/night_limit.html")
    assert "forty minutes at" in text and "tests of what it helps to carry out" in text
    assert "The rule fires" not in text


def test_what_authors_write_is_text_and_never_markup(site: Path) -> None:
    for path in (site / "rules" / "night_note.html", site / "topics" / "night.html"):
        text = path.read_text(encoding="utf-8")
        assert "<script>alert" not in text and "<b>after" not in text
    assert "&lt;b&gt;after midnight&lt;/b&gt;" in page(site, "index.html")


def test_no_page_loads_anything(site: Path) -> None:
    for path in site.rglob("*.html"):
        assert Links(path).loaded == [], path
        assert "http://" not in re.sub(r"<pre>.*?</pre>", "", path.read_text(), flags=re.S)


def test_every_link_leads_somewhere(site: Path) -> None:
    read = {path.resolve(): Links(path) for path in site.rglob("*.html")}
    broken = set()
    for path, links in read.items():
        for address in links.addresses:
            name, _, anchor = address.partition("#")
            target = (path.parent / name).resolve() if name else path
            if target not in read or (anchor and anchor not in read[target].anchors):
                broken.add((path.name, address))
    assert broken == set()


def test_every_policy_has_its_table(site: Path) -> None:
    text = page(site, "policies.html")
    found = load_policies(shipped_logic())
    for name, policy in found.policies.items():
        part = text[text.index(f'id="policy-{name}"') :].partition("</section>")[0]
        assert all(f"<code>{value}</code>" in part for value in policy.values), name
    assert "night_note" in text
    assert all(f"<code>{name}</code>" in text for name in found.profiles)


def test_the_graph_holds_every_documented_predicate(site: Path) -> None:
    text = page(site, "graph.html")
    for name, arity in load_rulebook().vocabulary.predicates:
        if name not in ("policy", "threshold", "in_force"):
            assert f'data-n="{name}/{arity}"' in text


def test_one_page_holds_all_of_it(own: Path, tmp_path: Path) -> None:
    arguments = ["rules", "docs", "--single", "--no-examples", "--rules", str(own)]
    done = CliRunner().invoke(main, [*arguments, "--out", str(tmp_path / "all.html")])
    assert done.exit_code == 0, done.output
    links = Links(tmp_path / "all.html")
    assert [path.name for path in tmp_path.iterdir()] == ["all.html"]
    assert links.loaded == []
    assert {each for each in links.addresses if not each.startswith("#")} == set()
    assert {each[1:] for each in links.addresses} - links.anchors == set()
    assert "These pages were made without tests." in page(tmp_path, "all.html")


def shipped() -> Book:
    return Book(load_rulebook(), read_citations([shipped_logic()]), load_policies(shipped_logic()))


def test_the_same_rules_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_site(shipped(), tmp_path / name)
    for first in sorted((tmp_path / "a").rglob("*.html")):
        second = tmp_path / "b" / first.relative_to(tmp_path / "a")
        assert first.read_bytes() == second.read_bytes()


def test_a_directory_gets_the_single_page_as_its_index(tmp_path: Path) -> None:
    assert write_page(shipped(), tmp_path / "out") == tmp_path / "out" / "index.html"


def test_a_file_in_the_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    done = CliRunner().invoke(
        main, ["rules", "docs", "--no-examples", "--out", str(tmp_path / "taken")]
    )
    assert done.exit_code == 2
    assert "is no directory" in done.stderr and "--single" in done.stderr


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ Bag | name }} ran {{ Minutes }} minutes", "Bag ran Minutes minutes"),
        ("a{% if X %} and b{% else %} or c{% endif %} d", "a and b d"),
        ("{{ 'is' if X == 1 else 'are' }} there", "is there"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_a_template_is_read_as_words(template: str, text: str) -> None:
    assert plain(template) == text


def test_a_chain_is_drawn_from_left_to_right_and_a_circle_has_an_end() -> None:
    items = {name: Item(name) for name in "abcd"}
    drawn = drawing(items, [("a", "b"), ("b", "c"), ("c", "b"), ("c", "c"), ("c", "x")])
    places = {node.key: node.x for node in drawn.nodes}
    assert places["a"] < places["b"]
    assert {(edge.source, edge.target) for edge in drawn.edges} == {
        ("a", "b"),
        ("b", "c"),
        ("c", "b"),
    }
    assert len({(node.x, node.y) for node in drawn.nodes}) == len(items)


RECORD = ROOT / "fixtures" / "encounters" / "two_bags_without_stops_or_flush.json"


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("html", '<a href="https://rules.example/book/rules/drugs_not_separated.html">'),
        ("markdown", "[`drugs_not_separated`](https://rules.example/book/rules/drugs_not_"),
        ("sarif", '"helpUri": "https://rules.example/book/rules/drugs_not_separated.html"'),
    ],
)
def test_findings_link_to_the_pages_of_their_rules(form: str, expected: str) -> None:
    where = ["--docs", "https://rules.example/book/"]
    done = CliRunner().invoke(main, ["code", str(RECORD), "--format", form, *where])
    assert done.exit_code == 0, done.output
    assert expected in done.stdout


@pytest.mark.parametrize("form", ["html", "markdown", "sarif"])
def test_without_an_address_there_is_no_link(form: str) -> None:
    done = CliRunner().invoke(main, ["code", str(RECORD), "--format", form])
    assert "drugs_not_separated.html" not in done.stdout


@pytest.mark.parametrize(
    ("place", "page"),
    [
        ("https://x.example/a/", "https://x.example/a/rules/r.html"),
        ("https://x.example/a (b)", "https://x.example/a%20%28b%29/rules/r.html"),
        ("https://x.example/all.html", "https://x.example/all.html#rule-r"),
        ("/srv/book", "file:///srv/book/rules/r.html"),
    ],
)
def test_a_page_is_found_from_where_the_pages_are(place: str, page: str) -> None:
    assert page_of(pages_at(place), "r") == page


@pytest.mark.parametrize("place", ["javascript:alert(1)", "data:text/html,x", "ftp://x/y"])
def test_other_addresses_are_refused(place: str) -> None:
    done = CliRunner().invoke(main, ["code", str(RECORD), "--docs", place])
    assert done.exit_code == 2
    assert "an address begins with" in done.stderr
