"""What happens to an invoice's money later, on its page: bounced, disputed, given back (INV-05)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard import clock
from dashboard.billing import activations, months, review
from dashboard.models import (
    DocumentState,
    Invoice,
    InvoiceLineItem,
    MoneyState,
    Office,
    Payment,
    PaymentState,
)
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.support import practice
from tests.support.signed_in import signed_in
from tests.support.staff import Browser

SURE = {"sure": "y"}


@pytest.fixture
def billing(app: Flask) -> Browser:
    return Browser(signed_in(app, Role.BILLING)[0])


@pytest.fixture
def invoice(app: Flask) -> Invoice:
    """An issued invoice of $6.00 for three patients, of an office whose next month runs."""
    with writing() as session:
        office = practice.office(clock.now().date() - timedelta(days=40), zone="UTC")
        for patient in [practice.patient(office) for _ in range(3)]:
            activations.activate(patient, at=office.created_at, now=office.created_at)
        months.up_to_date(office.id, clock.now())
        session.flush()
        one = session.scalars(select(Invoice).where(Invoice.document_state == DocumentState.CLOSED)).one()
        review.approve(one, clock.now())
        return one


def act(browser: Browser, one: Invoice, what: str, /, **fields: Any) -> Any:
    """Send one of the page's forms as it stands there."""
    return browser.post(f"{page_of(one)}/{what}", version=fresh(one).version, **fields)


def page_of(one: Invoice) -> str:
    return f"/staff/invoices/{one.id}"


def fresh(one: Invoice) -> Invoice:
    with reading() as session:
        return session.get_one(Invoice, one.id)


def pay(browser: Browser, one: Invoice, amount: str = "6.00") -> Payment:
    day = clock.now().date() - timedelta(days=2)
    told = {"method": "check", "received_on": f"{day}", "reference": "1001"}
    assert act(browser, one, "payments", key=amount, amount=amount, **told).status_code == 303
    with reading() as session:
        return session.scalars(select(Payment).order_by(Payment.id.desc())).first()  # type: ignore[return-value]


def test_a_bounced_check_makes_the_invoice_owed_again(billing: Browser, invoice: Invoice) -> None:
    payment = pay(billing, invoice)
    assert "$6.00 by check" in billing.get(page_of(invoice))
    assert act(billing, invoice, "reversals", payment=payment.id, **SURE).status_code == 303

    after = fresh(invoice)
    assert (after.payment_state, after.rest_cents) == (PaymentState.FAILED, 6_00)
    shown = billing.get(page_of(invoice))
    assert "A payment bounced" not in shown
    assert "Record a check or wire" in shown
    assert "Payment failed" in billing.get(f"{page_of(invoice)}/history")


def test_a_payment_that_came_back_does_not_look_as_if_it_were_to_come(
    billing: Browser, invoice: Invoice
) -> None:
    payment = pay(billing, invoice)
    act(billing, invoice, "reversals", payment=payment.id, **SURE)
    assert re.search(r'class="status failed">(?:(?!</span>).)*Reversed', billing.get(page_of(invoice)))


def test_an_invoice_on_its_way_does_not_wait_for_a_verification(billing: Browser, invoice: Invoice) -> None:
    waits = "until the office&#39;s name and email are verified"
    assert waits in billing.get(page_of(invoice)).replace("office's", "office&#39;s")
    with writing() as session:
        office = session.get_one(Office, invoice.office_id)
        office.billing_email = office.verified_email = "bills@example.test"
        office.verified_name = office.name
    assert "it is being sent" in billing.get(page_of(invoice))


def test_only_a_payment_of_this_invoice_bounces(billing: Browser, invoice: Invoice) -> None:
    payment = pay(billing, invoice)
    answer = act(billing, invoice, "reversals", payment=payment.id + 1, **SURE)
    assert answer.status_code == 422
    assert "Choose a payment of this invoice" in answer.text
    assert fresh(invoice).payment_state is PaymentState.PAID


def test_without_the_tick_nothing_is_taken_back(billing: Browser, invoice: Invoice) -> None:
    payment = pay(billing, invoice)
    assert act(billing, invoice, "reversals", payment=payment.id).status_code == 422
    with reading() as session:
        assert session.get_one(Payment, payment.id).state is MoneyState.SUCCEEDED


@pytest.mark.parametrize(
    ("end", "state"), [("won", PaymentState.PAID), ("lost", PaymentState.FAILED)], ids=["won", "lost"]
)
def test_a_dispute_stops_refunds_until_it_has_ended(
    billing: Browser, invoice: Invoice, end: str, state: PaymentState
) -> None:
    pay(billing, invoice)
    assert act(billing, invoice, "disputes", what="opened").status_code == 303
    shown = billing.get(page_of(invoice))
    assert "nothing is refunded before the bank has decided" in shown
    assert re.findall(r'<option[^>]* value="(\w+)">[^<]*(?:won|lost)', shown) == ["won", "lost"]

    assert act(billing, invoice, "disputes", what=end).status_code == 303
    assert fresh(invoice).payment_state is state


def test_what_was_not_paid_cannot_be_disputed(billing: Browser, invoice: Invoice) -> None:
    assert "Tell of a dispute" not in billing.get(page_of(invoice))
    assert act(billing, invoice, "disputes", what="opened").status_code == 409


def test_activations_are_given_back_once_however_often_it_is_sent(billing: Browser, invoice: Invoice) -> None:
    for _ in range(2):
        assert act(billing, invoice, "activation-credits", key="k", count="2").status_code == 303
    with reading() as session:
        lines = session.scalars(select(InvoiceLineItem).where(InvoiceLineItem.total_cents < 0)).all()
    assert [(line.quantity, line.total_cents) for line in lines] == [(2, -4_00)]
    assert lines[0].invoice_id != invoice.id
    assert fresh(invoice).total_cents == 6_00


def test_no_more_activations_are_given_back_than_stand(billing: Browser, invoice: Invoice) -> None:
    answer = act(billing, invoice, "activation-credits", key="k", count="4")
    assert answer.status_code == 422
    assert "Only 3 activations" in answer.text
    act(billing, invoice, "activation-credits", key="l", count="3")
    assert "Give activations back" not in billing.get(page_of(invoice))


def test_a_reader_is_offered_none_of_it(app: Flask, billing: Browser, invoice: Invoice) -> None:
    pay(billing, invoice)
    shown = Browser(signed_in(app, Role.READ_ONLY)[0]).get(page_of(invoice))
    for words in ("A payment bounced", "Tell of a dispute", "Give activations back"):
        assert words not in shown
