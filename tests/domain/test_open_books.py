"""An open month is counted from what may still matter; all else is in the books that were closed (REV-01)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from dashboard import catalog
from dashboard.billing import credits, earnings, revenue
from dashboard.cycles import boundary
from dashboard.extensions import db
from dashboard.models import Invoice, Order, OrderStatus, PaymentStatus, RefundReason
from dashboard.models.invoice import VoidReason
from dashboard.unit import writing
from tests.support import cast, invoicing

pytestmark = pytest.mark.both
MARCH = date(2026, 3, 1)
LATER = datetime(2028, 6, 1, 15, tzinfo=UTC)


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 15, tzinfo=UTC)


def order(slug: str, paid: datetime, **more: object) -> Order:
    service = catalog.service(slug)
    interval = service.billing_interval
    terms = {"price_cents": service.price_cents, "amount_cents": service.price_cents}
    terms |= {"billing_interval": interval and interval.value, "paid_at": paid, "created_at": paid}
    return cast.paid_order(slug, **{**terms, "updated_at": paid, **more})


def sell() -> set[int]:
    """One of each: earned over a year, a month, at once, not yet, given back; and three invoices.

    Gives the ids of the orders whose work is not done.
    """
    going_on = {order("npi-reactivation", at(3, 8)).id}
    order("provider-compliance-bundle", at(3, 7), status=OrderStatus.COMPLETED)
    order("oig-sam-screening", at(3, 30))
    order("npi-reactivation", at(3, 9), status=OrderStatus.COMPLETED, updated_at=at(5, 9))
    given_back = {"payment_status": PaymentStatus.REFUNDED, "status": OrderStatus.CANCELED}
    order("npi-reactivation", at(3, 9), **given_back, updated_at=at(6, 3))
    for _ in range(3):
        invoicing.issued(invoicing.office())
    return going_on


def closed_until(month: date) -> None:
    each, invoices = MARCH, [source for source in earnings.sources() if source.kind == earnings.INVOICE]
    while each <= month:
        revenue.close(each, LATER)
        each = boundary(each, 1)
    voided, credited = (db.session.get_one(Invoice, one.id) for one in invoices[:2])
    credits.void(voided, reason=VoidReason.WRONG_AMOUNT, reissue=False, now=at(9, 10))
    credits.credit(credited, 1_50, RefundReason.BILLING_ERROR, "less", at(10, 2))
    db.session.flush()


def counted(month: date) -> tuple[int, int]:
    """What is recognized in a month and deferred at its end, counted anew from every document."""
    after, sources = boundary(month, 1), earnings.sources()
    earned = sum(each.recognized(after) - each.recognized(month) for each in sources)
    return earned, sum(each.deferred(after) for each in sources)


@pytest.mark.parametrize("last", [date(2026, 4, 1), date(2026, 7, 1)])
def test_an_open_month_comes_to_the_same_as_if_every_document_were_read(app: Flask, last: date) -> None:
    with writing():
        sell()
        closed_until(last)
        for number in range(2, 15):
            month = boundary(last, number)
            found = revenue.report(month)
            assert (found.recognized_cents, found.deferred_cents) == counted(month)


def test_what_is_earned_and_was_not_touched_since_is_not_read_again(app: Flask) -> None:
    with writing():
        going_on = sell()
        closed_until(date(2026, 7, 1))
        assert len(earnings.sources()) == 8
        read = {(each.kind, each.id) for each in earnings.sources(date(2027, 6, 1))}
        assert read == {(earnings.ORDER, order_id) for order_id in going_on}
