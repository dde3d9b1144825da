"""Offices in the background: whoever may owe late is looked at each hour, whatever became of other asking."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, update

from dashboard import clock
from dashboard.billing import states
from dashboard.models import DocumentState, Invoice, Job, Office, OfficeStatus, PaymentState
from dashboard.rows import found
from dashboard.unit import reading, writing
from jobs import offices as _offices
from tests.support import invoicing
from tests.support.sales import work

pytestmark = pytest.mark.both


@pytest.fixture
def office(app: Flask) -> Office:
    with writing():
        return invoicing.office()


def owe(office: Office, days: int, state: PaymentState = PaymentState.UNPAID) -> None:
    """An invoice that is due so many days from now, and of which no job knows."""
    with writing() as session:
        invoice = invoicing.closed(office)
        states.move(invoice, to=DocumentState.ISSUED, now=clock.now())
        invoice.due_date = clock.now().date() + timedelta(days=days)
        if state is not PaymentState.UNPAID:
            states.move(invoice, paid=state, now=clock.now())
        session.flush()
    with writing() as session:
        session.execute(delete(Job))


def status_after_the_hour(office: Office) -> OfficeStatus | None:
    _offices.refresh_all()
    work("offices.refresh_status")
    with reading():
        return found(Office, office.id).subscription_status


@pytest.mark.parametrize(
    ("days", "state", "expected"),
    [
        (-2, PaymentState.UNPAID, OfficeStatus.PAST_DUE),
        (2, PaymentState.UNPAID, OfficeStatus.ACTIVE),
        (2, PaymentState.FAILED, OfficeStatus.PAST_DUE),
    ],
)
def test_who_owes_late_or_failed_to_pay_is_found_each_hour(
    office: Office, days: int, state: PaymentState, expected: OfficeStatus
) -> None:
    owe(office, days, state)
    assert status_after_the_hour(office) is expected


def test_who_has_paid_meanwhile_is_found_each_hour(office: Office) -> None:
    owe(office, -2)
    assert status_after_the_hour(office) is OfficeStatus.PAST_DUE
    with writing() as session:
        session.execute(update(Invoice).values(payment_state=PaymentState.PAID))
    assert status_after_the_hour(office) is OfficeStatus.ACTIVE
