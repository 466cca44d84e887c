"""A claim against its record: each billed line beside what the record supports."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.support.workspace import Workspace


def test_an_hour_too_many_is_struck_out_beside_what_is_supported(workspace: Workspace) -> None:
    workspace.open("file-1-1")
    claim = workspace.page.locator(".claim")
    expect(claim.locator(".verdict")).to_have_text(re.compile("differs", re.I))
    expect(claim.locator("tbody tr")).to_have_count(2)
    expect(claim.locator("tr.same")).to_contain_text("96365 ×1")
    out = claim.locator("tr.out")
    expect(out.locator("del")).to_have_text("96366 ×1")
    expect(out.locator(".sign")).to_have_text("−")
    expect(out).to_contain_text("not supported")
    expect(out.locator(".amount")).to_contain_text("46.14")


def test_one_minute_more_supports_the_billed_hour(workspace: Workspace) -> None:
    """Ninety minutes are one unit, ninety-one are two."""
    workspace.open("file-1-1")
    workspace.shows(_96365=1)
    workspace.drag("a1", 1)
    workspace.shows(_96365=1, _96366=1)
    expect(workspace.page.locator(".claim .verdict")).to_have_text(re.compile("supported", re.I))
    workspace.drag("a1", -1)
    workspace.shows(_96365=1)
    expect(workspace.page.locator(".claim .verdict")).to_have_text(re.compile("differs", re.I))


def test_billing_what_is_derived_makes_claim_and_record_agree(workspace: Workspace) -> None:
    workspace.open("file-1-1")
    workspace.open_part("billed")
    workspace.page.locator("#bill-derived").click()
    expect(workspace.page.locator(".claim .verdict")).to_have_text(re.compile("supported", re.I))
    billed = workspace.state()["encounter"]["billed"]
    assert [(each["code"], each["units"]) for each in billed] == [("96365", 1)]


def test_a_claim_says_what_to_ask_the_clinician(workspace: Workspace) -> None:
    workspace.open("file-1-1")
    workspace.page.locator("#open-points summary").click()
    expect(workspace.page.locator("#alternatives")).not_to_contain_text("solving")
