"""The pages of invoices: tabs, review, money, what left and what stayed (INV-01 to INV-06, BIL-04)."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from dashboard import clock
from dashboard.billing import activations, months, review
from dashboard.models import AuditEvent, DocumentState, Invoice, Office, Patient, PaymentState, UserSession
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.support import practice
from tests.support.signed_in import signed_in
from tests.support.staff import Browser

TODAY = date.fromisoformat("2026-01-15")
LATER = timedelta(days=33)


@pytest.fixture
def billing(app: Flask) -> Browser:
    return Browser(signed_in(app, Role.BILLING)[0])


def closed(patients: int = 3, **terms: Any) -> Invoice:
    """The closed draft of an office's first month, with so many patients."""
    with writing() as session:
        office = practice.office(TODAY, **terms)
        people = [practice.patient(office) for _ in range(patients)]
        begins = office.created_at
        for patient in people:
            activations.activate(patient, at=begins, now=begins)
        months.up_to_date(office.id, begins + LATER)
        return session.scalars(select(Invoice).where(Invoice.document_state == DocumentState.CLOSED)).all()[
            -1
        ]


def issued(days_ago: int = 0, **terms: Any) -> Invoice:
    one = closed(**terms)
    with writing() as session:
        invoice = session.get_one(Invoice, one.id)
        review.approve(invoice, clock.now() - timedelta(days=days_ago))
    return invoice


def fresh(one: Invoice) -> Invoice:
    with reading() as session:
        return session.get_one(Invoice, one.id)


def page_of(one: Invoice) -> str:
    return f"/staff/invoices/{one.id}"


def act(browser: Browser, one: Invoice, what: str, **fields: Any) -> Any:
    """Send one of the page's forms as it stands there."""
    return browser.post(f"{page_of(one)}/{what}", version=fresh(one).version, **fields)


def test_a_closed_draft_waits_in_the_first_tab(billing: Browser) -> None:
    one = closed()
    shown = billing.get("/staff/invoices")
    assert page_of(one) in shown
    assert "$6.00" in shown
    assert page_of(one) not in billing.get("/staff/invoices?tab=paid")


def test_a_running_draft_shows_what_the_ledger_says_at_this_moment(billing: Browser) -> None:
    closed(patients=4)
    assert "$8.00" in billing.get("/staff/invoices?tab=draft")


def test_an_invoice_past_its_due_date_is_overdue_and_in_its_age(billing: Browser) -> None:
    one = issued(days_ago=30 + 45)
    shown = billing.get("/staff/invoices?tab=overdue")
    assert page_of(one) in shown
    assert page_of(one) in billing.get("/staff/invoices?tab=all&age=60")
    assert page_of(one) not in billing.get("/staff/invoices?tab=all&age=30")


def test_the_list_finds_an_invoice_by_its_number(billing: Browser) -> None:
    one = issued()
    assert page_of(one) in billing.get(f"/staff/invoices?tab=all&q={one.number}")
    assert "No invoice matches" in billing.get("/staff/invoices?tab=all&q=NO-9999")


def test_approving_issues_and_sends_in_one_step(billing: Browser) -> None:
    one = closed()
    assert act(billing, one, "approval").status_code == 303
    assert fresh(one).document_state is DocumentState.ISSUED
    shown = billing.get(page_of(one))
    assert str(fresh(one).number) in shown
    assert "Issued. It is sent once" in shown, "the office is not verified"


def test_what_waits_for_its_office_to_be_verified_is_issued_and_not_called_sent(billing: Browser) -> None:
    one = issued()
    assert "</svg>Issued</span>" in billing.get(page_of(one))
    with writing() as session:
        session.get_one(Invoice, one.id).sent_at = clock.now()
    assert "</svg>Sent</span>" in billing.get(page_of(one))


def test_approving_what_somebody_else_changed_is_refused(billing: Browser) -> None:
    one = closed()
    stale = fresh(one).version
    act(billing, one, "return", reason="The training is missing.")
    answer = billing.post(f"{page_of(one)}/approval", version=stale)
    assert answer.status_code == 409
    assert fresh(one).document_state is DocumentState.CLOSED


def test_many_are_approved_together_with_a_result_for_each(billing: Browser) -> None:
    good, bad = closed(), closed()
    with writing() as session:
        session.get_one(Invoice, bad.id).total_cents = 1
    answer = billing.post("/staff/invoices/approvals", invoice=[good.id, bad.id])
    assert answer.status_code == 303
    shown = billing.get(answer.location)
    assert str(fresh(good).number) in shown
    assert "1 issued, $6.00 in all" in shown
    assert "1 stays to be reviewed" in shown
    assert "do not add up" in shown
    assert fresh(bad).document_state is DocumentState.CLOSED


def test_a_line_is_added_once_however_often_it_is_sent(billing: Browser) -> None:
    one = closed()
    told = {"key": "the form's own key", "wording": "Training", "amount": "10.50"}
    for _ in range(2):
        assert billing.post(f"{page_of(one)}/lines", version=1, **told).status_code == 303
    assert fresh(one).total_cents == 6_00 + 10_50


def test_a_credit_line_takes_off(billing: Browser) -> None:
    one = closed()
    act(billing, one, "lines", key="k", wording="Credit", amount="2.00")
    assert fresh(one).total_cents == 4_00


def test_an_amount_that_is_none_comes_back_in_its_field(billing: Browser) -> None:
    one = closed()
    answer = act(billing, one, "lines", key="k", wording="Training", amount="1.234")
    assert answer.status_code == 422
    assert "two digits of cents" in answer.text
    assert 'value="1.234"' in answer.text


def test_a_check_pays_part_and_then_the_whole(billing: Browser) -> None:
    one = issued()
    told = {"method": "check", "received_on": f"{clock.now():%Y-%m-%d}", "reference": "1001"}
    act(billing, one, "payments", key="a", amount="2.00", **told)
    assert fresh(one).rest_cents == 4_00
    act(billing, one, "payments", key="b", amount="4.00", **told)
    assert fresh(one).payment_state is PaymentState.PAID
    shown = billing.get(page_of(one))
    assert "Record a check" not in shown
    assert "Nothing is left to be paid" in shown


def test_more_than_is_owed_is_refused_in_its_field(billing: Browser) -> None:
    one = issued()
    told = {"method": "check", "received_on": f"{clock.now():%Y-%m-%d}", "reference": "1001"}
    answer = act(billing, one, "payments", key="a", amount="98.00", **told)
    assert answer.status_code == 422
    assert "$6.00 is still owed" in answer.text


def test_what_was_paid_is_refunded_with_a_reason_of_the_list(billing: Browser) -> None:
    one = issued()
    told = {"method": "wire", "received_on": f"{clock.now():%Y-%m-%d}", "reference": "W1"}
    act(billing, one, "payments", key="a", amount="6.00", **told)
    assert act(billing, one, "refunds", key="b", amount="1.00", reason="duplicate").status_code == 303
    assert "send the check or the wire yourself" in billing.get(page_of(one))
    assert fresh(one).amount_refunded_cents == 1_00
    assert act(billing, one, "refunds", key="c", amount="1.00", reason="because").status_code == 422


def test_a_refund_needs_a_step_up(billing: Browser) -> None:
    one = issued()
    told = {"method": "wire", "received_on": f"{clock.now():%Y-%m-%d}", "reference": "W1"}
    act(billing, one, "payments", key="a", amount="6.00", **told)
    with writing() as session:
        session.execute(update(UserSession).values(stepped_up_at=None))
    answer = act(billing, one, "refunds", key="b", amount="1.00", reason="duplicate")
    assert answer.status_code == 403
    assert "Confirm that it is you" in answer.text
    assert fresh(one).amount_refunded_cents == 0


def test_who_does_fulfilment_records_no_payment_of_an_office(app: Flask) -> None:
    fulfiller, one = Browser(signed_in(app, Role.FULFILLMENT)[0]), issued()
    told = {"method": "wire", "received_on": f"{clock.now():%Y-%m-%d}", "reference": "W1"}
    assert act(fulfiller, one, "payments", key="a", amount="6.00", **told).status_code == 403
    assert fresh(one).amount_paid_cents == 0
    assert "Record a check" not in fulfiller.get(page_of(one))


def test_voiding_keeps_the_number_and_drafts_it_again(billing: Browser) -> None:
    one = issued()
    number = fresh(one).number
    told = {"reason": "wrong_amount", "reissue": "y", "sure": "y"}
    assert act(billing, one, "cancellation", **told).status_code == 303
    assert (fresh(one).number, fresh(one).document_state) == (number, DocumentState.VOID)
    assert "Replaced by" in billing.get(page_of(one))


def test_an_act_that_cannot_apply_is_absent_and_one_line_says_why(billing: Browser) -> None:
    shown = billing.get(page_of(issued()))
    assert "Add a line" not in shown
    assert "Issued invoices never change" in shown
    assert "Nothing was paid that could be refunded" in shown


def test_who_only_looks_finds_no_act(app: Flask) -> None:
    looker = Browser(signed_in(app, Role.READ_ONLY)[0])
    shown = looker.get(page_of(closed()))
    for word in ("Approve", "Send back", "Void", "Sent to Stripe"):
        assert word not in shown


def test_the_planned_letter_names_no_office_and_nobody(app: Flask, billing: Browser) -> None:
    one = issued()
    with writing() as session:
        office = session.get_one(Office, one.office_id)
        office.billing_email = office.verified_email = "bills@example.test"
        office.verified_name = office.name
    shown = billing.get(f"{page_of(one)}/payload")
    letter = json.loads(re.search(r"<pre[^>]*>(.*?)</pre>", shown, re.S)[1].replace("&#34;", '"'))  # type: ignore[index]
    assert letter["lines"][0]["wording"] == "Patient Activations"
    with reading() as session:
        patients = session.scalars(select(Patient)).all()
    for secret in (
        office.name,
        *(patient.ref for patient in patients),
        *(patient.name for patient in patients),
    ):
        assert str(secret) not in json.dumps(letter)


def test_the_history_says_who_approved(app: Flask) -> None:
    client, _ = signed_in(app, Role.BILLING)
    browser, one = Browser(client), closed()
    act(browser, one, "approval")
    shown = browser.get(f"{page_of(one)}/history")
    assert "Invoice issued" in shown
    assert "you" in shown


def test_the_paper_is_a_pdf(billing: Browser) -> None:
    answer = billing.client.get(f"{page_of(issued())}/pdf")
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF")


def test_a_draft_has_no_paper(billing: Browser) -> None:
    assert billing.client.get(f"{page_of(closed())}/pdf").status_code == 404


def test_the_list_is_exported_without_formulas_and_that_is_written_down(billing: Browser) -> None:
    one = issued()
    with writing() as session:
        session.get_one(Office, one.office_id).name = "=SUM(A1)"
    answer = billing.client.get("/staff/invoices/export.csv?tab=all")
    assert answer.status_code == 200
    assert "'=SUM(A1)" in answer.text
    assert str(fresh(one).number) in answer.text
    with reading() as session:
        assert session.scalars(select(AuditEvent).where(AuditEvent.action == "export")).one()


def test_a_setup_fee_is_charged_once_however_often_it_is_sent(billing: Browser) -> None:
    with writing():
        office = practice.office(TODAY)
    told = {"key": "k", "kind": "setup_fee", "wording": "Setup fee", "amount": "150.00", "memo": ""}
    places = {billing.post(f"/staff/offices/{office.id}/charges", **told).location for _ in range(2)}
    assert len(places) == 1
    assert "$150.00" in billing.get(places.pop())
    wrong = billing.post(f"/staff/offices/{office.id}/charges", **told | {"key": "l", "amount": "0"})
    assert wrong.status_code == 422
    assert "above zero" in wrong.text
