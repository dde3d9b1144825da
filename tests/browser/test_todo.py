"""The page of one todo, under quick hands."""

import re

import pytest
from playwright.sync_api import expect

TICK_ALL = """(boxes, pause) => boxes.forEach((box, place) => setTimeout(() => box.click(), pause * place))"""
FIVE = [{"key": f"step-{n}", "label": f"Step {n}", "help": "", "done": False} for n in range(5)]
ANSWERS_LATE = """() => {
  const sent = window.fetch;
  window.fetch = (...told) => new Promise((go) => setTimeout(go, 600)).then(() => sent(...told));
}"""


@pytest.fixture
def bundle(installation, opened):
    """A todo with a checklist of five, nobody's yet."""
    [todo] = installation.add_todos("Five things to tick", checklist=FIVE)
    return opened("fulfiller").page(f"/staff/queue/{todo}")


@pytest.mark.parametrize("pause", [40, 300])
def test_ticks_in_quick_succession_are_all_kept(bundle, pause):
    """Those that wait behind a slow answer, too: the longer pause is more than the page gathers ticks for."""
    boxes = bundle.locator(".ticks").get_by_role("checkbox")
    title = bundle.get_by_role("heading", name="Checklist")
    expect(title).to_contain_text("0 of 5")
    bundle.evaluate(ANSWERS_LATE)
    boxes.evaluate_all(TICK_ALL, pause)
    expect(title).to_contain_text("5 of 5")
    bundle.reload()

    for box in boxes.all():
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
