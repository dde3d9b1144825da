"""Reminders of an invoice: at the first failure or due date, after 3, 7, 14 days, then a call (DUN-01)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.billing import dunning, payments, states
from dashboard.errors import Invalid
from dashboard.extensions import db
from dashboard.models import DunningState, Invoice, Message, Office, PaymentState, Todo
from dashboard.unit import writing
from tests.support import invoicing

pytestmark = pytest.mark.both
DUE = date(2026, 5, 3)  # issued on 3 April


@pytest.fixture
def invoice(app: Flask) -> Iterator[Invoice]:
    with writing():
        yield sent(invoicing.office())


def sent(office: Office) -> Invoice:
    issued = invoicing.issued(office)
    issued.sent_at = invoicing.APRIL_3
    return issued


def day(offset: int) -> datetime:
    """The morning of the due date, so many days later."""
    return datetime(2026, 5, 3, 13, tzinfo=UTC) + timedelta(days=offset)


def run(invoice: Invoice, *days: int) -> None:
    """The daily job on these days after the due date, each twice."""
    for each in days:
        for _ in range(2):
            if invoice.id in dunning.due(day(each)):
                dunning.take(invoice, day(each))
                db.session.flush()


def told() -> list[str]:
    reminders = select(Message.key).where(Message.kind == "invoice_reminder").order_by(Message.id)
    return [":".join([key.split(":")[0], *key.split(":")[3:]]) for key in db.session.scalars(reminders)]


def calls() -> list[str]:
    return list(db.session.scalars(select(Todo.title).where(Todo.key.startswith("call:"))))


def fail(invoice: Invoice, now: datetime) -> None:
    states.move(invoice, paid=PaymentState.FAILED, now=now)
    db.session.flush()


def pay(invoice: Invoice, now: datetime) -> None:
    payments.record(invoice, invoice.rest_cents, "check", date(2026, 4, 4), "1001", "paid", now)
    db.session.flush()


def test_nothing_goes_before_the_due_date(invoice: Invoice) -> None:
    assert invoice.due_date == DUE
    run(invoice, -20, -1)
    assert told() == []


def test_nobody_is_reminded_of_what_was_never_sent(invoice: Invoice) -> None:
    invoice.sent_at = None
    run(invoice, 0, 3, 7, 14)
    dunning.take(invoice, day(20))
    assert (told(), dunning.of(invoice)) == ([], None)
    invoice.sent_at = day(20)
    run(invoice, 20)
    assert told() == ["nudge"]


def test_a_nudge_then_reminders_after_3_7_and_14_days_then_a_call(invoice: Invoice) -> None:
    run(invoice, *range(30))
    assert told() == ["nudge", "reminder:1", "reminder:2", "reminder:3"]
    assert calls() == [f"Call the office about invoice {invoice.number}"]


@pytest.mark.parametrize(
    ("days", "expected"),
    [((0, 2), 1), ((0, 3), 2), ((0, 3, 6), 2), ((0, 3, 7), 3), ((0, 3, 7, 13), 3), ((0, 3, 7, 14), 4)],
)
def test_each_reminder_goes_on_its_day(invoice: Invoice, days: tuple[int, ...], expected: int) -> None:
    run(invoice, *days)
    assert (len(told()), bool(calls())) == (expected, expected == 4)


def test_days_that_were_missed_send_one_reminder(invoice: Invoice) -> None:
    run(invoice, 0, 10)
    assert told() == ["nudge", "reminder:2"]


def test_a_failed_attempt_starts_it_before_the_due_date(invoice: Invoice) -> None:
    fail(invoice, day(-10))
    run(invoice, -10, -7)
    assert told() == ["nudge", "reminder:1"]


def test_a_payment_on_its_way_is_not_reminded_of(invoice: Invoice) -> None:
    states.move(invoice, paid=PaymentState.PROCESSING, now=day(-1))
    db.session.flush()
    run(invoice, 0, 3)
    assert told() == []


def test_it_ends_with_the_payment(invoice: Invoice) -> None:
    run(invoice, 0, 3)
    pay(invoice, day(4))
    run(invoice, 5, 7, 14)
    found = dunning.of(invoice)
    assert found is not None
    assert (found.state, len(told())) == (DunningState.ENDED, 2)
    with pytest.raises(dunning.NotReminded):
        dunning.pause(invoice)


def test_a_returned_debit_starts_it_again_without_a_second_nudge(invoice: Invoice) -> None:
    run(invoice, 0)
    pay(invoice, day(1))
    run(invoice, 1)
    invoice.amount_paid_cents = 0
    fail(invoice, day(20))
    run(invoice, 20, 23)
    assert told() == ["nudge", "reminder:1"]


def test_a_pause_holds_until_somebody_resumes(invoice: Invoice) -> None:
    run(invoice, 0)
    dunning.pause(invoice)
    run(invoice, 3, 7)
    assert told() == ["nudge"]
    dunning.resume(invoice)
    run(invoice, 8)
    assert told() == ["nudge", "reminder:2"]


def test_a_promise_holds_until_its_day_is_over(invoice: Invoice) -> None:
    run(invoice, 0)
    dunning.promise(invoice, DUE + timedelta(days=5), day(1))
    run(invoice, 3, 5)
    assert told() == ["nudge"]
    run(invoice, 6)
    assert told() == ["nudge", "reminder:1"]


@pytest.mark.parametrize("offset", [-1, 91])
def test_a_promise_lies_in_the_near_future(invoice: Invoice, offset: int) -> None:
    run(invoice, 0)
    with pytest.raises(Invalid):
        dunning.promise(invoice, DUE + timedelta(days=offset), day(0))


def test_the_due_date_is_the_offices_own(invoice: Invoice) -> None:
    dunning.take(invoice, datetime(2026, 5, 3, 3, 59, tzinfo=UTC))
    assert told() == []
    dunning.take(invoice, datetime(2026, 5, 3, 4, 0, tzinfo=UTC))
    assert told() == ["nudge"]


def test_an_office_without_an_email_is_called_all_the_same(app: Flask) -> None:
    with writing():
        office = invoicing.office()
        invoice = sent(office)
        office.billing_email = None
        db.session.flush()
        run(invoice, 0, 14)
        assert (told(), len(calls())) == ([], 1)
