"""The page of one todo, under quick hands."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.examples import examples

TICK_ALL = """(boxes) => boxes.forEach((box, place) => setTimeout(() => box.click(), 40 * place))"""


@pytest.fixture
def bundle(installation, opened):
    """A todo with a checklist of five."""
    return opened("fulfiller").page(f"/staff/queue/{examples(installation)['bundle']}")


def test_ticks_in_quick_succession_are_all_kept(bundle):
    bundle.locator(".ticks").get_by_role("checkbox").evaluate_all(TICK_ALL)
    expect(bundle.get_by_role("heading", name="Checklist")).to_contain_text("5 of 5")
    bundle.reload()

    for box in bundle.locator(".ticks").get_by_role("checkbox").all():
        expect(box).to_be_checked()


def test_a_note_is_added_without_leaving_the_page(bundle):
    bundle.get_by_label("Note").fill("Called the client, they will send the letter.")
    bundle.get_by_label("Note").press("Control+Enter")

    expect(bundle.locator("#timeline")).to_contain_text("Called the client, they will send the letter.")
    expect(bundle.get_by_label("Note")).to_have_value("")


def test_the_list_somebody_came_from_is_kept_while_they_work(opened, scripted):
    page = opened("fulfiller2", java_script_enabled=scripted).page("/staff/queue?view=unclaimed&sort=newest")
    page.locator("tbody tr").nth(3).get_by_role("link").first.click()
    expect(page.get_by_role("link", name="To the list")).to_be_visible()
    page.get_by_role("button", name="Claim").click()
    expect(page.get_by_text("Yours until")).to_be_visible()
    page.get_by_role("link", name="To the list").click()

    expect(page).to_have_url(re.compile("view=unclaimed&sort=newest"))
