"""An order's whole way, as people walk it: entered, announced, claimed, completed, found on the trail."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.looking import barriers
from tests.browser.waiting import reload_until_seen

NPI = "2912345677"
STEPS = ("order created", "order changed", "todo opened", "todo claimed", "todo changed", "todo completed")


@pytest.fixture
def walker(scripted):
    """A code works once, so each of the two walks belongs to another person."""
    return "fulfiller" if scripted else "fulfiller2"


def test_an_order_is_entered_worked_and_found_in_the_audit_trail(installation, opened, scripted, walker):
    window = opened(java_script_enabled=scripted)
    page, queue = window.page("/login"), window.page()
    sign_in(page, installation, walker)
    queue.goto(f"{window.address}/staff/queue")
    provider = f"Dr. Journey Sample {walker}"
    number = enter_paid_order(page, provider)

    reload_until_seen(page.get_by_role("link", name=re.compile(provider)))
    show_what_is_new(queue, scripted, number)
    queue.get_by_role("link", name=re.compile(provider)).click()
    expect(queue.get_by_role("heading", level=1)).to_contain_text(provider)
    work_through(queue, scripted)

    page.reload()
    expect(page.get_by_role("complementary")).to_contain_text("Completed")
    if scripted:
        assert barriers(queue) + barriers(page) == []
    expect_on_the_trail(opened("compliance").page(), installation.address, number)


def test_a_visitor_orders_and_staff_record_the_payment(installation, opened, scripted, walker):
    visitor = opened(java_script_enabled=scripted).page("/services")
    number = order_as_visitor(visitor, email=f"{walker}@clients.example")
    page = opened(walker, java_script_enabled=scripted).page(f"/staff/orders?q={number}")
    page.get_by_role("link", name=number, exact=True).click()
    expect(page.get_by_text("None: the work starts when it is paid.")).to_be_visible()
    page.get_by_role("group", name="Paid by").get_by_label("Card").check()
    page.get_by_label("Note").fill("Card ending 4242, taken on the phone")
    page.get_by_role("button", name="Record the payment").click()

    expect(page.get_by_role("complementary")).to_contain_text("Card ending 4242")
    reload_until_seen(page.get_by_role("link", name=re.compile("NPPES Data Update")))


def sign_in(page, installation, name):
    """Password, then the code that the person's app shows."""
    page.get_by_label("Email").fill(installation.person(name).email)
    page.get_by_label("Password", exact=True).fill(installation.password())
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Code from your app").fill(installation.code_of(name))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")


def enter_paid_order(page, provider):
    """By hand, paid offline, with a note; gives its number."""
    page.get_by_role("link", name="Orders", exact=True).click()
    page.get_by_role("link", name="Enter an order").click()
    page.get_by_label("Service").select_option("npi-revalidation")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Client", exact=True).fill("Demo Journey Practice")
    page.get_by_label("Client's email").fill("journey@clients.example")
    page.get_by_label("NPI", exact=True).fill(NPI)
    page.get_by_label("Provider name").fill(provider)
    page.get_by_label("Bank account (ACH)").check()
    page.get_by_label("Paid offline already").check()
    page.get_by_label("How it was paid").fill("Check 1001")
    page.get_by_role("button", name="Enter the order").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Order CO-")
    return page.get_by_role("heading", level=1).inner_text().removeprefix("Order ")


def order_as_visitor(page, email):
    """On the public pages, to be paid later; gives the order's number."""
    page.get_by_role("link", name="Order NPPES Data Update / Attestation").click()
    page.get_by_label("Your name or practice").fill("Demo Lakeside Practice")
    page.get_by_label("Your email").fill(email)
    page.get_by_label("NPI", exact=True).fill(NPI)
    page.get_by_label("Provider name").fill("Dr. Later Sample")
    page.get_by_label("Card").check()
    page.get_by_role("button", name="Send the order").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. We have your order.")
    return page.get_by_role("definition").first.inner_text()


def show_what_is_new(queue, scripted, number):
    """The open list says by itself that there is more, within 15 s; without JavaScript it is loaded again."""
    if scripted:
        more = queue.get_by_role("link", name=re.compile(r"^\d+ new, show$"))
        more.click()
        expect(more).to_be_hidden()
    queue.goto(f"{queue.url.partition('?')[0]}?q={number}")


def work_through(page, scripted):
    """Claim it, tick its checklist, complete it with what the agency gave."""
    page.get_by_role("button", name="Claim").click()
    expect(page.get_by_text("Yours until")).to_be_visible()
    boxes = page.locator(".ticks").get_by_role("checkbox")
    for box in boxes.all():
        box.check()
    if not scripted:
        page.get_by_role("button", name="Save the ticks").click()
    expect(page.get_by_role("heading", name="Checklist")).to_contain_text(
        f"{boxes.count()} of {boxes.count()}"
    )
    page.get_by_label("Agency tracking ID").fill("T-2026-0001")
    page.get_by_role("button", name="Complete", exact=True).click()
    expect(page.get_by_text("Done.", exact=True)).to_be_visible()


def expect_on_the_trail(page, address, number):
    """Each step of the order and of its todo, found by the order's number."""
    page.goto(f"{address}/staff/audit?object={number}")
    for step in STEPS:
        expect(page.get_by_role("cell", name=step, exact=True).first).to_be_visible()
