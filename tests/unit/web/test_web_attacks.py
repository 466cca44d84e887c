"""Whatever comes from elsewhere is refused at every address; whatever was typed is inert."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route

from infusion_asp.model.schema import json_schema
from infusion_asp.web.app import create_app
from infusion_asp.web.settings import Settings
from tests.support.batch_directory import made
from tests.support.web_client import ORIGIN, Browser, opened

FIXTURES = Path(__file__).parents[3] / "fixtures"
CLAIM = FIXTURES / "claims" / "hour_too_many.json"
SUM = 71 * 83
PAYLOADS = (
    "{{71*83}}{% raw %}${71*83}#{71*83}<%= 71*83 %>",
    "\"'></textarea></title><script>alert(1)</script><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
)


def addresses(method: str) -> list[str]:
    """All addresses of the page that answer a method, with something in their variable parts."""
    routes = [each for each in create_app(Settings(workers=0)).routes if isinstance(each, Route)]
    paths = [each.path for each in routes if method in (each.methods or ())]
    filled = {"{number:int}": "1", "{batch:int}": "1", "{record:int}": "3"}
    for old, new in filled.items():
        paths = [path.replace(old, new) for path in paths]
    return sorted({path.split("{")[0] + ("x" if "{" in path else "") for path in paths})


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    batch = made(tmp_path_factory.mktemp("batch"), 50).out
    with opened(Settings(workers=0, files=(CLAIM,), batches=(batch,))) as page:
        yield page


@pytest.mark.parametrize("path", addresses("GET"))
def test_no_page_is_given_to_a_forged_host(browser: Browser, path: str) -> None:
    assert browser.get(path, Host="evil.example").status_code == 421


@pytest.mark.parametrize("path", addresses("POST"))
def test_no_change_is_taken_from_another_site(browser: Browser, path: str) -> None:
    foreign = {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert browser.post(path, {"state": "{}"}, headers=foreign).status_code == 403


@pytest.mark.parametrize("path", addresses("POST"))
def test_no_change_is_taken_without_a_token(browser: Browser, path: str) -> None:
    browser.get("/")
    headers = {"Origin": ORIGIN}
    assert browser.client.post(path, data={"state": "{}"}, headers=headers).status_code == 403


@pytest.mark.parametrize("path", addresses("POST"))
def test_no_change_of_fifty_megabytes_is_taken(browser: Browser, path: str) -> None:
    large = b"state=" + b"x" * (50 << 20)
    headers = {
        "X-CSRF": browser.token(),
        "Origin": ORIGIN,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    answer = browser.client.post(path, content=large, headers=headers)
    assert answer.status_code == 413
    assert "The request is larger than 2 MB" in answer.text


@pytest.mark.parametrize("path", addresses("POST"))
def test_a_change_without_fields_fails_with_a_sentence(browser: Browser, path: str) -> None:
    answer = browser.post(path, {"nothing": "here"})
    assert answer.status_code < 500, answer.text


class Elements(HTMLParser):
    """The elements of a page, with what a content policy would have to stop."""

    def __init__(self) -> None:
        super().__init__()
        self.active: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("img", "iframe", "object", "embed") or (tag == "script" and "src" not in given):
            self.active.append(tag)
        for name, value in given.items():
            address = name in ("href", "src", "action", "formaction")
            if name.startswith("on") or (address and "alert" in value and ":" in value):
                self.active.append(f"{tag} {name}={value}")


def active_in(text: str) -> list[str]:
    """What of a page could run."""
    elements = Elements()
    elements.feed(text)
    elements.close()
    return elements.active


def assert_inert(answer: Any) -> None:
    assert answer.status_code < 500, answer.text
    assert str(SUM) not in answer.text
    if "html" in answer.headers.get("content-type", ""):
        assert active_in(answer.text) == []
    else:
        assert "attachment" in answer.headers.get("content-disposition", "attachment")


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The places of all texts in a document."""
    parts: Iterator[tuple[str | int, Any]]
    if isinstance(value, Mapping):
        parts = iter(value.items())
    elif isinstance(value, list):
        parts = iter(enumerate(value))
    else:
        if isinstance(value, str):
            yield path
        return
    for key, each in parts:
        yield from leaves(each, (*path, key))


def with_text(document: Any, path: tuple[str | int, ...], text: str) -> Any:
    """A copy of a document with another text at one place."""
    copy = json.loads(json.dumps(document))
    holder = copy
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = text
    return copy


def everywhere(text: str) -> dict[str, Any]:
    """A document with a text in every field that the schema has."""
    schema = json_schema("encounter")

    def filled(part: Mapping[str, Any]) -> Any:
        if "$ref" in part:
            return filled(schema["$defs"][part["$ref"].rsplit("/", 1)[-1]])
        if "properties" in part:
            return {name: filled(each) for name, each in part["properties"].items()}
        if "items" in part:
            return [filled(part["items"])]
        for way in part.get("anyOf", ()):
            if way.get("type") != "null":
                return filled(way)
        return text

    document = filled(schema)
    assert isinstance(document, dict)
    return document


DOCUMENT = json.loads(CLAIM.read_text(encoding="utf-8"))
ASKED = [path for path in addresses("POST") if path.startswith(("/encounter/", "/editing/"))]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("place", list(leaves(DOCUMENT)), ids=lambda path: ".".join(map(str, path)))
def test_a_template_in_a_field_is_text(
    browser: Browser, place: tuple[str | int, ...], payload: str
) -> None:
    state = json.dumps({"encounter": with_text(DOCUMENT, place, payload)})
    answer = browser.post("/encounter/view", {"state": state})
    assert_inert(answer)
    assert json.dumps(payload)[1:-1] in html.unescape(answer.text)


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("path", ASKED)
def test_templates_in_all_fields_at_once_are_text(
    browser: Browser, path: str, payload: str
) -> None:
    state = json.dumps({"encounter": everywhere(payload), "profile": payload})
    for text in (state, payload):
        fields = dict.fromkeys(("before", "selected", "what", "code", "begin", "edge"), payload)
        edit = json.dumps({"op": "set", "path": ["administrations", payload], "value": payload})
        assert_inert(browser.post(path, {**fields, "state": text, "edit": edit}))


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("path", addresses("GET"))
def test_a_template_in_an_address_is_text(browser: Browser, path: str, payload: str) -> None:
    names = ("open", "q", "from", "sort", "finding", "rule", "code", "page", "after", "department")
    query = dict.fromkeys(names, payload)
    answer = browser.client.get(path, params=query, follow_redirects=False)
    if path.startswith("/static") or "javascript" in answer.headers.get("content-type", ""):
        return
    assert_inert(answer)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_template_in_an_upload_is_text(browser: Browser, payload: str) -> None:
    document = json.dumps({"encounter_id": payload, "administrations": [{"drug": payload}]})
    for content in (document, payload, f'"{payload}'):
        files = {"file": (f"{payload}.json", content.encode())}
        assert_inert(browser.post("/open", {"text": payload, "kind": payload}, files=files))
        assert_inert(browser.post("/open", {"text": content}))
