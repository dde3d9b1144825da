"""Two people at one todo: nobody loses anything, and each is told of the other."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def finn(opened, scripted):
    return opened("fulfiller", java_script_enabled=scripted)


@pytest.fixture
def faye(opened, scripted):
    window = opened("fulfiller2", java_script_enabled=scripted)
    window.expects(409)
    return window


def test_of_two_who_claim_at_once_the_second_is_told_who_won(installation, finn, faye, scripted):
    installation.add_todos(f"Claimed twice {scripted}")
    mine, theirs = (each.page(f"/staff/queue?q=Claimed+twice+{scripted}") for each in (finn, faye))
    mine.get_by_role("table").get_by_role("button", name="Claim").click()
    expect(mine.get_by_role("cell", name="You")).to_be_visible()
    theirs.get_by_role("table").get_by_role("button", name="Claim").click()

    expect(theirs.get_by_text("Finn Fulfiller (demo) has claimed it until")).to_be_visible()


def test_of_two_who_save_the_second_sees_both_values(installation, finn, faye, scripted):
    [todo] = installation.add_todos(f"Saved twice {scripted}")
    mine, theirs = (each.page(f"/staff/queue/{todo}") for each in (finn, faye))
    raise_priority(mine)
    theirs.get_by_label("Status", exact=True).select_option("Waiting")
    theirs.get_by_role("button", name="Save", exact=True).click()

    status, priority = theirs.get_by_role("row", name="Status"), theirs.get_by_role("row", name="Priority")
    expect(theirs.get_by_role("alert").filter(has_text="changed")).to_contain_text(
        "Finn Fulfiller (demo) saved it"
    )
    expect(status.get_by_role("combobox")).to_have_value("waiting")
    expect(status.get_by_role("cell").last).to_have_text("Pending")
    expect(priority.get_by_role("cell").last).to_have_text("High")


def test_what_was_typed_meanwhile_is_kept_and_can_be_sent_again(installation, finn, faye, scripted):
    [todo] = installation.add_todos(f"Typed meanwhile {scripted}")
    theirs = faye.page(f"/staff/queue/{todo}")
    theirs.get_by_text("Cancel this todo").click()
    theirs.get_by_label("Why it is canceled").fill("The client sent it twice.")
    raise_priority(finn.page(f"/staff/queue/{todo}"))
    theirs.get_by_role("button", name="Cancel the todo").click()

    expect(theirs.get_by_role("textbox", name="Why it is canceled")).to_have_value(
        "The client sent it twice."
    )
    theirs.get_by_role("button", name="Save mine over it").click()
    expect(theirs.get_by_text("Canceled.")).to_be_visible()


def raise_priority(page):
    page.get_by_label("Priority").select_option("High")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
