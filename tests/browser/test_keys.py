"""Every action has a key, unless somebody is typing or wants none (ux.md, Keys)."""

import re

import pytest
from playwright.sync_api import expect

PRESSED_AT_ONCE = """
const press = (key) =>
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
addEventListener("DOMContentLoaded", () => [..."jc"].forEach(press));
"""


@pytest.fixture
def queue(installation, opened):
    installation.add_todos("Moved along by keys one", "Moved along by keys two")
    return opened("fulfiller").page("/staff/queue?q=Moved+along&assignee=nobody")


def focused(page):
    return page.locator("tbody tr:focus-within")


def test_a_question_mark_lists_the_keys(queue):
    queue.keyboard.press("?")

    expect(queue.get_by_role("dialog", name="Keys")).to_contain_text("claim next")
    queue.keyboard.press("Escape")
    expect(queue.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_j_and_k_move_and_enter_opens(queue):
    rows = queue.locator("tbody tr")
    queue.keyboard.press("j")
    expect(rows.nth(0).get_by_role("link")).to_be_focused()
    queue.keyboard.press("j")
    expect(rows.nth(1).get_by_role("link")).to_be_focused()
    queue.keyboard.press("k")
    title = rows.nth(0).get_by_role("link").inner_text()
    queue.keyboard.press("Enter")

    expect(queue.get_by_role("heading", level=1)).to_have_text(title)


def test_c_claims_the_row_and_the_focus_stays_there(queue):
    queue.keyboard.press("j")
    queue.keyboard.press("c")

    expect(focused(queue)).to_contain_text("You")


def test_c_pressed_the_moment_the_page_stands_loads_no_page(installation, opened):
    installation.add_todos("Pressed at once")
    window = opened("fulfiller")
    window.context.add_init_script(PRESSED_AT_ONCE)
    page = window.page("/staff/queue?q=Pressed+at+once&assignee=nobody")

    expect(focused(page)).to_contain_text("You")


def test_e_opens_the_row_where_it_is_completed(queue):
    queue.keyboard.press("j")
    queue.keyboard.press("e")

    expect(queue).to_have_url(re.compile(r"/staff/queue/\d+.*#done$"))


def test_x_selects_and_a_offers_whom_to_assign_to(queue):
    queue.keyboard.press("j")
    queue.keyboard.press("x")
    expect(queue.get_by_text("1 selected")).to_be_visible()
    queue.keyboard.press("a")

    expect(queue.get_by_label("Assign to")).to_be_focused()


def test_g_and_a_letter_go_to_a_page(opened):
    page = opened("fulfiller").page("/profile")
    page.keyboard.type("gq")

    expect(page.get_by_role("heading", level=1)).to_have_text("Queue")


def test_a_slash_searches_and_control_k_goes_to(queue):
    queue.keyboard.press("/")
    expect(queue.get_by_label("Search", exact=True)).to_be_focused()
    queue.keyboard.press("Control+k")

    expect(queue.get_by_role("searchbox", name="Go to")).to_be_focused()


def test_a_key_is_a_letter_while_typing(queue):
    search = queue.get_by_label("Search", exact=True)
    search.fill("")
    search.press_sequentially("jack?")

    expect(search).to_have_value("jack?")
    expect(queue.get_by_role("dialog")).to_be_hidden()


def test_who_wants_no_keys_has_none(opened):
    page = opened("reviewer").page("/profile")
    page.get_by_label("Single-key shortcuts").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.keyboard.press("?")
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.keyboard.press("Control+k")

    expect(page.get_by_role("searchbox", name="Go to")).to_be_focused()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your profile")
