"""Whether an office pays in time, and what the payment provider's words make of it (OFF-02)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from dashboard.billing import standing, subscriptions
from dashboard.extensions import db
from dashboard.models import DocumentState, Invoice, InvoiceType, Office, OfficeStatus, PaymentState
from dashboard.unit import writing
from tests.support import practice

pytestmark = pytest.mark.both
ACTIVE, CANCELED, TRIALING = OfficeStatus.ACTIVE, OfficeStatus.CANCELED, OfficeStatus.TRIALING


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    with writing():
        yield practice.office(date(2026, 3, 1))


def debt(office: Office, due: date, state: PaymentState = PaymentState.UNPAID) -> Invoice:
    """An issued one-off of two dollars."""
    now, day = at("2026-03-01"), date(2026, 3, 1)
    invoice = Invoice(
        office_id=office.id,
        invoice_type=InvoiceType.ONE_OFF,
        billing_period_start=day,
        billing_period_end=day,
        document_state=DocumentState.ISSUED,
        payment_state=state,
        total_cents=2_00,
        amount_paid_cents=0,
        amount_refunded_cents=0,
        amount_credited_cents=0,
        due_date=due,
        issued_at=now,
        entry_key=f"debt:{due}:{state}",
        created_at=now,
        updated_at=now,
    )
    db.session.add(invoice)
    db.session.flush()
    return invoice


@pytest.mark.parametrize("state", [PaymentState.UNPAID, PaymentState.PROCESSING])
def test_past_due_begins_the_day_after_the_due_date_and_ends_with_the_debt(
    office: Office, state: PaymentState
) -> None:
    invoice = debt(office, date(2026, 3, 20), state)
    subscriptions.refresh_status(office, at("2026-03-21T03:59"))
    assert office.subscription_status is ACTIVE
    subscriptions.refresh_status(office, at("2026-03-21T04:00"))
    assert office.subscription_status is OfficeStatus.PAST_DUE
    invoice.payment_state, invoice.amount_paid_cents = PaymentState.PAID, 2_00
    subscriptions.refresh_status(office, at("2026-03-22"))
    assert office.subscription_status is ACTIVE


def test_a_failed_invoice_is_past_due_at_once_unless_it_was_credited(office: Office) -> None:
    invoice = debt(office, date(2026, 12, 31), PaymentState.FAILED)
    subscriptions.refresh_status(office, at("2026-03-11"))
    assert office.subscription_status is OfficeStatus.PAST_DUE
    invoice.amount_credited_cents = 2_00
    subscriptions.refresh_status(office, at("2026-03-12"))
    assert office.subscription_status is ACTIVE


def test_a_trial_is_not_past_due_and_an_end_that_came_stays(app: Flask) -> None:
    with writing():
        made = practice.office(date(2026, 3, 1), status=TRIALING)
        made.trial_ends_on = date(2026, 6, 1)
        debt(made, date(2026, 3, 20))
        subscriptions.refresh_status(made, at("2026-03-25"))
        assert made.subscription_status is TRIALING
        subscriptions.cancel(made, at("2026-03-26"))
        subscriptions.refresh_status(made, at("2026-05-01"))
        assert made.subscription_status is CANCELED


def test_a_subscription_at_the_provider_decides_where_there_is_one(office: Office) -> None:
    debt(office, date(2026, 3, 5), PaymentState.FAILED)
    office.payment_provider_subscription_id = "sub_Sample0001"
    subscriptions.refresh_status(office, at("2026-03-11"))
    assert office.subscription_status is ACTIVE
    subscriptions.refresh_status(office, at("2026-03-12"), provider_status="unpaid")
    assert office.subscription_status is OfficeStatus.PAST_DUE


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("active", ACTIVE),
        ("trialing", TRIALING),
        ("canceled", CANCELED),
        ("past_due", OfficeStatus.PAST_DUE),
        ("unpaid", OfficeStatus.PAST_DUE),
        ("incomplete", OfficeStatus.INACTIVE),
        ("incomplete_expired", OfficeStatus.INACTIVE),
        ("paused", OfficeStatus.INACTIVE),
        ("something new", OfficeStatus.INACTIVE),
    ],
)
def test_the_providers_words_are_mapped(word: str, status: OfficeStatus) -> None:
    assert standing.mapped(word) is status
