"""Where an encounter comes from: an example, a served file, an upload, a link."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.support.fhir import written
from tests.support.served import ROOT, Served
from tests.support.watching import Watch
from tests.support.workspace import Workspace

Open = Callable[[str], Workspace]
FIXTURES = ROOT / "fixtures"
QUARTER = FIXTURES / "encounters" / "zoledronic_acid_15_minutes.json"


def test_every_example_opens_and_is_coded(workspace: Workspace) -> None:
    workspace.page.goto("/")
    links = workspace.page.locator('a[href*="open=example-"]')
    addresses = [str(each.get_attribute("href")) for each in links.all()]
    assert len(addresses) > 5
    for address in addresses:
        workspace.page.goto(address)
        expect(workspace.area).to_have_attribute("data-coded", "yes")
        expect(workspace.lines.locator("tbody.line").first).to_be_visible()


def test_a_record_of_a_served_file_is_chosen_from_its_page(workspace: Workspace) -> None:
    workspace.page.goto("/")
    workspace.page.get_by_role("link", name="second_initial.json").click()
    workspace.page.get_by_role("link", name="second-initial").click()
    expect(workspace.page.locator(".claim .verdict")).to_have_count(1)


def test_an_uploaded_encounter_is_opened_at_once(workspace: Workspace) -> None:
    workspace.upload(QUARTER)
    workspace.shows(_96374=1)


def test_of_several_encounters_in_a_file_one_is_chosen(
    workspace: Workspace, tmp_path: Path
) -> None:
    both = tmp_path / "both.jsonl"
    others = [json.loads(QUARTER.read_text("utf-8")) for _ in range(2)]
    others[1]["encounter_id"] = "the-other"
    others[1]["administrations"][0]["stop"] = "2025-03-20T10:16"
    both.write_text("".join(json.dumps(each) + "\n" for each in others), encoding="utf-8")
    workspace.upload(both)
    workspace.page.get_by_role("button", name="the-other").click()
    workspace.shows(_96365=1)


def test_an_uploaded_fhir_bundle_becomes_an_encounter(workspace: Workspace, tmp_path: Path) -> None:
    day = json.loads((FIXTURES / "encounters" / "chemotherapy_day.json").read_text("utf-8"))
    entries = [{"resource": each} for each in written(day)]
    bundle = tmp_path / "day.json"
    whole = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    bundle.write_text(json.dumps(whole), encoding="utf-8")
    workspace.upload(bundle)
    choice = workspace.page.locator(".records button")
    expect(choice.or_(workspace.page.locator("#state")).first).to_be_attached()
    if choice.count():
        choice.first.click()
    expect(workspace.line("96413")).to_have_count(1)


def test_an_uploaded_medication_record_becomes_encounters(workspace: Workspace) -> None:
    workspace.upload(FIXTURES / "mar" / "epic.csv", preset="epic")
    workspace.page.get_by_role("button", name="e-100").click()
    expect(workspace.area).to_have_attribute("data-coded", "yes")
    expect(workspace.bar("a3")).to_have_attribute("data-start", "2025-03-03T10:00")


@pytest.mark.parametrize("text", ['{"encounter_id": ', ""], ids=["cut off", "empty"])
def test_a_file_that_cannot_be_read_is_refused_in_words(
    workspace: Workspace, tmp_path: Path, watch: Watch, text: str
) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text(text, encoding="utf-8")
    with watch.refused("422"):
        workspace.upload(broken)
        expect(workspace.page.locator("main")).to_contain_text("broken.json")
    expect(workspace.page.locator("#state")).to_have_count(0)


def test_an_encounter_is_begun_with_nothing(workspace: Workspace) -> None:
    workspace.page.goto("/")
    workspace.page.locator("#empty").click()
    workspace.shown()
    workspace.page.locator("#add-drug").fill("ceftriaxone")
    workspace.page.locator("#add").click()
    workspace.choose("given-route", "intravenous")
    workspace.type("given-start", "10:00")
    workspace.type("given-stop", "10:31")
    workspace.shows(_96365=1)


def test_the_link_holds_the_encounter_and_no_request_does(
    workspace: Workspace, context: BrowserContext, watch: Watch, served: Served
) -> None:
    workspace.open_example("zoledronic_acid_15_minutes")
    workspace.drag("a1", 1)
    workspace.shows(_96365=1)
    workspace.page.locator("#copy-link").click()
    workspace.says("link")
    link = workspace.page.evaluate("navigator.clipboard.readText()")
    path, _, fragment = link.partition("#")
    assert len(fragment) > 100
    assert path == f"{served.address}/encounter"
    before = len(watch.requests)
    other = Workspace(context.new_page())
    other.page.goto(link)
    other.shows(_96365=1)
    assert other.administration("a1")["stop"] == "2025-03-20T10:16"
    asked = [address.partition("#")[0] for address in watch.requests[before:]]
    assert asked
    assert not [address for address in asked if fragment[:40] in address]
    assert fragment[:40] not in served.said()


def test_nothing_of_the_record_is_in_the_log(workspace: Workspace, served: Served) -> None:
    workspace.open_example("zoledronic_acid_15_minutes")
    workspace.drag("a1", 1)
    workspace.shows(_96365=1)
    said = served.said()
    assert not [word for word in ("zoledronic", "J3489", "10:15", "10:16", "M81") if word in said]


def test_a_page_that_is_loaded_again_goes_on_where_it_was(open_example: Open) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    quarter.drag("a1", 1)
    quarter.shows(_96365=1)
    quarter.page.goto("/encounter")
    quarter.shows(_96365=1)
