"""One action on many todos: chosen in the list, followed to its end, each row with its outcome."""

import re

from playwright.sync_api import expect

from dashboard import clock, todos
from dashboard.unit import writing
from tests.support.processes import until


def test_selected_todos_are_claimed_and_a_refused_one_says_why(installation, opened, scripted):
    ids = installation.add_todos(*(f"Some of many {scripted} {number}" for number in range(3)))
    claim_for(installation, "fulfiller2", ids[0])
    page = opened("fulfiller", java_script_enabled=scripted).page(f"/staff/queue?q=Some+of+many+{scripted}")
    for box in page.get_by_role("table").get_by_role("checkbox", name="Select").all()[-3:]:
        box.check()
    page.get_by_role("group", name="Change the selected todos").get_by_role("button", name="Claim").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Claim 3 todos")
    if not scripted:
        look_again_until_it_ended(page)
    expect(page.get_by_text("2 done, 1 refused, 0 left of 3")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Refused.*Some of many"))).to_contain_text("claimed")


def test_all_that_match_are_changed_beyond_the_page(installation, opened):
    installation.add_todos(*(f"Every single one {number}" for number in range(45)))
    page = opened("fulfiller").page("/staff/queue?q=Every+single+one")
    page.get_by_role("checkbox", name="Select all on this page").check()
    page.get_by_label("all 45 matching").check()
    page.get_by_label("New priority").select_option("High")
    page.get_by_role("group", name="Change the selected todos").get_by_role("button", name="Set").nth(
        1
    ).click()

    expect(page.get_by_text("45 done, 0 refused, 0 left of 45")).to_be_visible()
    page.get_by_role("link", name="To the list").click()
    expect(page).to_have_url(re.compile("q=Every"))
    expect(page.get_by_role("cell", name="High").first).to_be_visible()


def test_the_action_row_counts_what_is_selected(installation, opened):
    installation.add_todos(*(f"Counted as picked {number}" for number in range(4)))
    page = opened("fulfiller").page("/staff/queue?q=Counted+as+picked")
    boxes = page.get_by_role("table").get_by_role("checkbox", name=re.compile("Select [^a]"))
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])

    expect(page.get_by_text("3 selected")).to_be_visible()
    expect(page.get_by_role("search", name="Filters")).to_be_hidden()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("search", name="Filters")).to_be_visible()


def claim_for(installation, name, todo_id):
    person = installation.person(name)
    with installation.app.app_context(), writing():
        todos.claim(todo_id, by=person.id, now=clock.now())


def look_again_until_it_ended(page):
    """Without JavaScript the page does not follow by itself; there is a link."""

    def has_ended():
        if page.get_by_text(", 0 left of").is_visible():
            return True
        with page.expect_navigation():
            page.get_by_role("link", name="Look again").click()
        return False

    until(has_ended)
