"""The portal shows an office what it owes and uses, in counts, and nobody's name (spec section 0, INV-04)."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from dashboard import clock
from dashboard.models import AuditEvent, Invoice, Office, UserSession
from dashboard.rights import Role
from dashboard.unit import writing
from tests.support.outbox import every
from tests.support.portal import an_office, at_the_portal, draft_of, issued
from tests.support.signed_in import signed_in

pytestmark = pytest.mark.both

PAGES = (
    "/portal/",
    "/portal/invoices",
    "/portal/payment",
    "/portal/usage",
    "/portal/subscription",
    "/portal/people",
)


@pytest.fixture
def office(app: Flask) -> Office:
    return an_office()


@pytest.fixture
def invoices(office: Office) -> list[Invoice]:
    return issued(office)


@pytest.fixture
def admin(app: Flask, office: Office) -> FlaskClient:
    return at_the_portal(app, office)


def test_home_tells_the_balance_the_last_invoices_and_the_month_as_it_grows(
    admin: FlaskClient, invoices: list[Invoice]
) -> None:
    html = admin.get("/portal/").text

    assert '<p class="balance"><span class="money">$12.00</span></p>' in html
    assert all(str(invoice.number) in html for invoice in invoices)
    assert "<dt>Activations so far</dt><dd>3</dd>" in html
    assert '<dt>Amount so far</dt><dd><span class="money">$6.00</span></dd>' in html
    assert html.count(">Pay</a>") == 1


@pytest.mark.usefixtures("invoices")
def test_no_page_names_a_patient(admin: FlaskClient, invoices: list[Invoice]) -> None:
    pages = [*PAGES, f"/portal/invoices/{invoices[0].ref}", f"/portal/invoices/{invoices[0].ref}/lines.csv"]
    for path in pages:
        answer = admin.get(path)
        assert answer.status_code == 200, path
        assert "Sample Patient" not in answer.text, path


def test_an_invoice_is_shown_as_counts(admin: FlaskClient, invoices: list[Invoice]) -> None:
    html = admin.get(f"/portal/invoices/{invoices[0].ref}").text

    assert "<td>Patient Activations</td>" in html
    assert '<td class="num">3</td><td class="num"><span class="money">$2.00</span></td>' in html
    assert "To pay" in html


def test_its_lines_go_into_a_spreadsheet_and_that_is_on_the_trail(
    admin: FlaskClient, invoices: list[Invoice]
) -> None:
    text = admin.get(f"/portal/invoices/{invoices[0].ref}/lines.csv").text
    row = next(csv.DictReader(io.StringIO(text)))

    assert (row["Line"], row["Quantity"], row["Unit price"], row["Total"]) == (
        "Patient Activations", "3", "2.00", "6.00",
    )  # fmt: skip
    assert trail("export") == [invoices[0].ref]


def test_the_spreadsheet_needs_a_step_up(admin: FlaskClient, invoices: list[Invoice]) -> None:
    with writing() as session:
        session.execute(update(UserSession).values(stepped_up_at=None))

    asked = admin.get(f"/portal/invoices/{invoices[0].ref}/lines.csv")

    way_back = f"%2Fportal%2Finvoices%2F{invoices[0].ref}%2Flines.csv"
    assert (asked.status_code, asked.location) == (303, f"/step-up?next={way_back}")
    assert trail("export") == []


def test_the_pdf_is_the_issued_snapshot_and_its_reading_is_on_the_trail(
    admin: FlaskClient, invoices: list[Invoice]
) -> None:
    answer = admin.get(f"/portal/invoices/{invoices[0].ref}/pdf")

    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=invoice-{invoices[0].number}.pdf"
    assert trail("document read") == [invoices[0].ref]


def test_an_invoice_that_is_not_issued_is_not_there(admin: FlaskClient, office: Office) -> None:
    draft = draft_of(office)
    for path in ("", "/pdf", "/lines.csv"):
        assert admin.get(f"/portal/invoices/{draft.ref}{path}").status_code == 404


def test_without_a_page_of_the_provider_the_office_pays_by_check_or_wire(
    admin: FlaskClient, invoices: list[Invoice]
) -> None:
    html = admin.get("/portal/payment").text

    assert str(invoices[0].number) in html
    assert "By check or wire" in html
    assert "support@countersign.example" in html


def test_the_provider_s_page_is_where_there_is_one(admin: FlaskClient, invoices: list[Invoice]) -> None:
    with writing() as session:
        session.get_one(Invoice, invoices[0].id).hosted_invoice_url = "https://pay.example.test/1"

    for path in ("/portal/payment", f"/portal/invoices/{invoices[0].ref}"):
        assert 'href="https://pay.example.test/1"' in admin.get(path).text, path


def test_usage_tells_each_month_in_counts(admin: FlaskClient) -> None:
    html = admin.get("/portal/usage").text

    assert html.count('<td class="num">3</td>') == 3
    assert html.count("<rect ") == 3
    assert "Open, still growing" in html


def test_an_office_without_a_subscription_has_empty_pages(app: Flask) -> None:
    with writing() as session:
        bare = Office(
            code="BARE", name="Demo Dental Group", time_zone="America/Chicago", created_at=clock.now()
        )
        session.add(bare)
    client = at_the_portal(app, bare)

    assert [client.get(path).status_code for path in PAGES] == [200] * len(PAGES)
    assert "Nothing to pay." in client.get("/portal/").text


def test_a_member_looks_and_pays_and_does_no_more(app: Flask, office: Office) -> None:
    member = at_the_portal(app, office, Role.OFFICE_MEMBER)

    answers = {path: member.get(path).status_code for path in (*PAGES, "/portal/subscription/cancellation")}

    refused = {path for path, status in answers.items() if status == 403}
    assert refused == {"/portal/people", "/portal/subscription/cancellation"}
    assert set(answers.values()) == {200, 403}


def test_staff_never_see_the_portal_nor_offices_the_staff_s_pages(app: Flask, admin: FlaskClient) -> None:
    staff, _ = signed_in(app, Role.ADMIN)

    assert {staff.get(path).status_code for path in PAGES} == {403}
    assert {admin.get(path).status_code for path in ("/staff/", "/staff/offices", "/staff/invoices")} == {403}


def trail(action: str) -> list[str | None]:
    """What was done to what."""
    return [event.object_ref for event in every(AuditEvent) if event.action == action]
