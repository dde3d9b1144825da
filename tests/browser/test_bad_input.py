"""What is wrong gets a clear answer, and nothing typed is lost."""

import re

import pytest
from playwright.sync_api import expect

WRONG_NPI = "1234567890"
THREE_MB = 3 * 1024 * 1024


@pytest.fixture
def visitor(opened, scripted):
    return opened(java_script_enabled=scripted)


def test_a_wrong_npi_is_named_at_its_field_and_the_rest_is_kept(visitor):
    visitor.expects(422)
    page = visitor.page("/order/npi-revalidation")
    page.get_by_label("Your name or practice").fill("Demo Family Practice")
    page.get_by_label("Your email").fill("office@clients.example")
    page.get_by_label("NPI", exact=True).fill(WRONG_NPI)
    page.get_by_label("Bank account (ACH)").check()
    page.get_by_role("button", name="Send the order").click()

    npi = page.get_by_label("NPI", exact=True)
    expect(page.get_by_role("alert").get_by_role("link", name="NPI")).to_be_visible()
    expect(npi).to_have_value(WRONG_NPI)
    expect(npi).to_have_attribute("aria-invalid", "true")
    expect(npi).to_be_focused()
    expect(npi).to_have_accessible_description(re.compile("check digit"))
    expect(page.get_by_label("Your name or practice")).to_have_value("Demo Family Practice")
    expect(page.get_by_label("Your email")).to_have_value("office@clients.example")
    expect(page.get_by_label("Bank account (ACH)")).to_be_checked()


def test_a_form_of_another_session_is_refused_in_words(visitor):
    visitor.expects(400)
    page = visitor.page("/order/npi-revalidation")
    visitor.context.clear_cookies()
    page.get_by_role("button", name="Send the order").click()

    expect(page.get_by_role("main")).to_contain_text("This form belongs to another session")


def test_an_upload_that_is_too_large_is_refused_in_words(visitor):
    visitor.expects(413)
    page = visitor.page("/order/oig-sam-screening")
    file = {"name": "staff.csv", "mimeType": "text/csv", "buffer": b"x" * THREE_MB}
    page.get_by_label("Or a CSV file of the staff").set_input_files(files=[file])
    page.get_by_role("button", name="Send the order").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("That is too large")
