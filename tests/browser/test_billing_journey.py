"""A month's whole way: patients, month end, run, review, the office's own paper, and nobody else's eyes."""

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from dashboard import clock
from dashboard.models import Office
from dashboard.people import accounts, api_keys, passwords, second_factor
from dashboard.rights import Role
from dashboard.unit import writing
from tests.browser.installation import installed
from tests.browser.looking import barriers
from tests.browser.waiting import reload_until_seen

ZONE = "America/New_York"
PATIENTS = ("Quillfeather Sample", "Marrowby Specimen")
AMOUNT = "$4.00"  # two patients at the demo plan's $2.00


@pytest.fixture(scope="module")
def installation():
    """One of its own: its clock is moved a month on, twice, which ends the sessions in it."""
    with installed() as running:
        yield running


@pytest.fixture
def practice(scripted):
    """Each walk has an office of its own."""
    return f"Demo Journey Practice {'with' if scripted else 'without'} scripts"


@pytest.fixture
def at(opened, scripted):
    """`at("billing")`: that person's window, with JavaScript or without."""
    return lambda name=None: opened(name, java_script_enabled=scripted)


@pytest.fixture
def expect_sound(scripted):
    """Nothing bars a page to anybody; axe needs JavaScript."""

    def look(page):
        assert not scripted or barriers(page) == []

    return look


@pytest.fixture
def number(installation, at, scripted, practice, expect_sound):
    """A month as staff bill it; gives the number of its invoice."""
    page = at("billing").page("/staff/offices")
    open_office(page, practice)
    expect_sound([activated(page, name) for name in PATIENTS][-1])
    admin = at("admin").page(page.url.removeprefix(installation.address))
    verify(admin)
    expect_sound(admin)
    installation.processes.stop("scheduler")
    pass_the_months_end(admin, installation.address)
    page = at("billing").page("/staff/runs")
    run_the_month(page, installation.processes, scripted)
    expect_sound(page)
    given = approve(page, practice)
    expect_sound(page)
    expect_handed_over(page)
    return given


def test_a_month_is_billed_and_only_its_office_reads_the_invoice(
    installation, at, practice, number, expect_sound
):
    window, owner = at(), manager(installation, practice)
    portal = window.page("/login")
    sign_in(portal, owner, installation.password())
    open_own_invoice(portal, number)
    expect_sound(portal)
    text = text_of(downloaded(portal))
    assert all(words in text for words in (number, practice, "Patient Activations", AMOUNT))
    assert not [word for name in PATIENTS for word in name.split() if word in text]

    stranger = at("office")
    stranger.expects(404)
    assert answers(window, portal.url, key(installation, owner)) == [200] * 5
    assert answers(stranger, portal.url, key(installation, installation.person("office"))) == [404] * 5


def open_office(page, practice):
    """A new office, its subscription begun with the running month."""
    page.get_by_role("link", name="Add an office").click()
    page.get_by_label("Name").fill(practice)
    page.get_by_label("Billing email").fill("journey@practice.example")
    page.get_by_label("Time zone").fill(ZONE)
    page.get_by_role("button", name="Add the office").click()
    page.get_by_text("Start its subscription").click()
    today = clock.now().astimezone(ZoneInfo(ZONE)).date()
    page.get_by_label("First month begins on").fill(today.replace(day=1).isoformat())
    page.get_by_role("button", name="Start it").click()
    expect(page.get_by_text("The subscription has begun.")).to_be_visible()


def activated(page, name):
    """A new patient of the office whose page this is, in a tab of their own."""
    tab = page.context.new_page()
    tab.goto(f"{page.url}/patients")
    tab.get_by_role("link", name="Add a patient").click()
    tab.get_by_label("Name").fill(name)
    tab.get_by_role("button", name="Add the patient").click()
    tab.get_by_role("button", name="Activate").click()
    expect(tab.get_by_text("Active: the month costs $2.00.")).to_be_visible()
    return tab


def verify(page):
    """A second person's word that the office's name and email may leave."""
    expect(page.get_by_role("link", name="2 active of 2")).to_be_visible()
    page.get_by_label("I checked both").check()
    page.get_by_role("button", name="Verify both").click()
    expect(page.get_by_text("What waited for it is sent now.")).to_be_visible()


def pass_the_months_end(page, address):
    page.goto(f"{address}/staff/clock")
    page.get_by_role("button", name=re.compile("^To ")).click()
    expect(page.get_by_text("What is due is worked off within a minute.")).to_be_visible()


def run_the_month(page, processes, scripted):
    """Asked for by a person before the schedule's own comes: that one would leave nothing to do."""
    page.get_by_role("button", name="Run now").click()
    expect(page.get_by_text("Asked for by Bill Billing (demo)")).to_be_visible()
    processes.scheduler()
    done = page.get_by_text("Done", exact=True)
    if not scripted:
        reload_until_seen(done)
    expect(done).to_be_visible()


def approve(page, practice):
    """From the run to the drafts it closed, and this office's out of review; gives its number."""
    page.get_by_role("link", name="to review").click()
    expect(page.get_by_role("link", name=re.compile("^To review"))).to_have_attribute("aria-current", "page")
    page.get_by_role("row").filter(has_text=practice).get_by_role("link", name="no number yet").click()
    page.get_by_role("button", name="Approve, issue and send").click()
    expect(page.get_by_text("Issued, and on its way.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^Invoice \S+-\d{4}$"))
    return page.get_by_role("heading", level=1).inner_text().removeprefix("Invoice ")


def expect_handed_over(page):
    """The recorder has the letter, word for word, and it names neither patient."""
    page.get_by_role("link", name="Sent to Stripe").click()
    expect(page.get_by_label("The letter").first).to_be_visible()
    reload_until_seen(page.get_by_role("heading", level=2, name=re.compile("^Invoice Handed over")))
    letters = page.get_by_label("The letter").all_inner_texts()
    assert any("Patient Activations" in letter for letter in letters)
    assert not [name for name in PATIENTS for letter in letters if name in letter]


def manager(installation, practice):
    """Who administers the office at the portal, with password and app."""
    secret, kept = second_factor.new_secret(), passwords.hashed(installation.password())
    with installation.app.app_context(), writing() as session:
        office = session.scalars(select(Office).where(Office.name == practice)).one()
        told = (f"{office.code}@practice.example", "Demo Manager", Role.OFFICE_ADMIN)
        user = accounts.invite(*told, now=clock.now(), office=office)
        accounts.accept(user, password_hash=kept, secret=secret, step=0)
    return user


def sign_in(page, user, password):
    """Codes follow the world's time, wherever the demo's clock stands."""
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Code from your app").fill(second_factor.code_at(user.totp_secret, datetime.now(UTC)))
    page.get_by_role("button", name="Sign in").click()


def open_own_invoice(page, number):
    expect(page.locator(".balance")).to_have_text(AMOUNT)
    page.get_by_role("link", name=number).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Invoice {number}")
    expect(page.get_by_role("row").filter(has_text="Patient Activations")).to_contain_text(AMOUNT)


def downloaded(page):
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").click()
    return Path(download.value.path())


def text_of(pdf):
    """What somebody reads on it."""
    assert pdf.read_bytes().startswith(b"%PDF")
    done = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True)
    return done.stdout


def key(installation, person):
    """A program's key of this person's office."""
    with installation.app.app_context(), writing() as session:
        office = session.get_one(Office, person.office_id)
        _, raw = api_keys.make("Journey", office=office, made_by=person.id, now=clock.now())
    return raw


def answers(window, invoice, key):
    """The status of each door to one invoice: its pages by session, its resources by key."""
    resource = f"{window.address}/api/v1/billing/invoices/{invoice.rpartition('/')[2]}"
    asked = [(f"{invoice}{part}", {}) for part in ("", "/pdf", "/lines.csv")]
    asked += [(f"{resource}{part}", {"Authorization": f"Bearer {key}"}) for part in ("", "/line-items")]
    return [window.context.request.get(url, headers=headers).status for url, headers in asked]
