"""The books: invoices and orders by month, sums that tie, months that never change once closed (REV-01)."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from dashboard import catalog
from dashboard.billing import credits, invoices, payments, refunds, revenue, review
from dashboard.errors import Invalid
from dashboard.extensions import db
from dashboard.models import (
    AuditEvent,
    Invoice,
    Order,
    OrderStatus,
    Payment,
    PaymentStatus,
    RefundReason,
    RevenueEntry,
)
from dashboard.models.invoice import VoidReason
from dashboard.unit import writing
from tests.support import cast, invoicing

pytestmark = pytest.mark.both
MARCH, APRIL, MAY, JUNE = (date(2026, month, 1) for month in (3, 4, 5, 6))
LATER = datetime(2027, 6, 1, 15, tzinfo=UTC)


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 15, tzinfo=UTC)


def books(month: date) -> tuple[int, int]:
    db.session.flush()
    found = revenue.report(month)
    return found.recognized_cents, found.deferred_cents


def order(slug: str, paid: datetime, **more: object) -> Order:
    cents = catalog.service(slug).price_cents
    interval = catalog.service(slug).billing_interval
    terms = {"price_cents": cents, "amount_cents": cents, "billing_interval": interval and interval.value}
    return cast.paid_order(slug, paid_at=paid, created_at=paid, updated_at=paid, **terms, **more)


def test_a_monthly_invoice_is_earned_in_its_cycle_though_issued_after_it(app: Flask) -> None:
    with writing():
        invoicing.issued(invoicing.office())
        assert [books(month) for month in (MARCH, APRIL)] == [(6_00, 0), (0, 0)]


def test_a_cycle_over_two_months_is_earned_by_day(app: Flask) -> None:
    with writing():
        invoice = invoicing.closed(invoicing.office())
        [line] = invoices.lines_of(invoice)
        line.service_month, invoice.billing_period_start = date(2026, 3, 16), date(2026, 3, 16)
        db.session.flush()
        review.approve(invoice, invoicing.APRIL_3)
        assert [books(month) for month in (MARCH, APRIL)] == [(3_10, 2_90), (2_90, 0)]


def test_the_bundle_is_earned_over_twelve_months(app: Flask) -> None:
    with writing():
        sold = order("provider-compliance-bundle", datetime(2026, 3, 1, 15, tzinfo=UTC))
        months = [date(2026 + (2 + each) // 12, (2 + each) % 12 + 1, 1) for each in range(13)]
        earned = [books(month)[0] for month in months]
        assert sum(earned) == sold.amount_cents
        assert earned[0] == round(sold.amount_cents * 31 / 365)
        assert earned[-1] == 0
        assert books(MARCH) == (earned[0], sold.amount_cents - earned[0])


def test_a_subscription_is_earned_over_its_paid_month(app: Flask) -> None:
    with writing():
        sold = order("oig-sam-screening", at(3, 16))
        assert [books(month)[0] for month in (MARCH, APRIL)] == [4077, sold.amount_cents - 4077]


def test_any_other_service_is_earned_when_it_is_done(app: Flask) -> None:
    with writing():
        sold = order("npi-reactivation", at(3, 16))
        assert [books(MARCH), books(APRIL)] == [(0, sold.amount_cents)] * 2
        sold.status, sold.updated_at = OrderStatus.COMPLETED, at(4, 20)
        assert [books(month) for month in (MARCH, APRIL)] == [(0, sold.amount_cents), (sold.amount_cents, 0)]


def test_a_refunded_order_gives_back_what_is_deferred(app: Flask) -> None:
    with writing():
        sold = order("npi-reactivation", at(3, 16))
        sold.payment_status, sold.updated_at = PaymentStatus.REFUNDED, at(4, 20)
        assert [books(month) for month in (MARCH, APRIL)] == [(0, sold.amount_cents), (0, 0)]


def test_what_was_spawned_for_nothing_is_in_no_book(app: Flask) -> None:
    with writing():
        order("npi-revalidation", at(3, 16)).amount_cents = 0
        assert revenue.report(MARCH).entries == []


def test_a_closed_month_never_changes_and_a_late_refund_is_booked_in_the_open_one(app: Flask) -> None:
    with writing():
        invoice = invoicing.issued(invoicing.office())
        payments.record(invoice, 6_00, "check", date(2026, 4, 4), "1001", "paid", at(4, 4))
        closed = revenue.close(MARCH, at(4, 5))
        assert (closed.is_closed, closed.recognized_cents, closed.deferred_cents) == (True, 6_00, 0)
        refunds.refund(invoice, 2_00, RefundReason.REQUESTED, "back", at(4, 10))
        assert [books(month) for month in (MARCH, APRIL)] == [(6_00, 0), (-2_00, 0)]
        with pytest.raises(revenue.MonthClosed):
            revenue.close(MARCH, at(4, 11))


def test_what_was_issued_after_the_month_was_closed_is_earned_in_the_open_one(app: Flask) -> None:
    with writing():
        office = invoicing.office()
        revenue.close(MARCH, at(4, 1))
        invoicing.issued(office)
        assert [books(month) for month in (MARCH, APRIL, MAY)] == [(0, 0), (6_00, 0), (0, 0)]


def test_a_void_invoice_is_taken_out_where_the_books_are_open(app: Flask) -> None:
    with writing():
        invoice = invoicing.issued(invoicing.office())
        revenue.close(MARCH, at(4, 5))
        credits.void(invoice, reason=VoidReason.WRONG_AMOUNT, reissue=False, now=at(4, 10))
        assert [books(month) for month in (MARCH, APRIL)] == [(6_00, 0), (-6_00, 0)]


def test_a_refund_of_the_first_days_of_a_month_is_not_lost_when_the_month_before_is_closed(
    app: Flask,
) -> None:
    with writing():
        invoice = invoicing.issued(invoicing.office())
        payments.record(invoice, 6_00, "check", date(2026, 4, 3), "1001", "paid", at(4, 3))
        refunds.refund(invoice, 1_00, RefundReason.REQUESTED, "back", at(4, 3))
        revenue.close(MARCH, at(4, 5))
        assert [books(month) for month in (MARCH, APRIL)] == [(6_00, 0), (-1_00, 0)]


def by_check(invoice: Invoice, cents: int, key: str) -> Payment:
    return payments.record(invoice, cents, "check", date(2026, 4, 4), "1001", key, at(4, 4))


def test_a_refund_that_is_asked_for_again_takes_nothing_out_of_the_books(app: Flask) -> None:
    with writing():
        invoice = invoicing.issued(invoicing.office())
        by_check(invoice, 4_00, "part")
        refunds.refund(invoice, 4_00, RefundReason.REQUESTED, "back", at(4, 5))
        assert books(APRIL) == (0, 0)
        by_check(invoice, 6_00, "whole")
        assert [books(month) for month in (MARCH, APRIL)] == [(6_00, 0), (0, 0)]


def test_what_was_refunded_of_a_check_that_bounced_is_no_revenue_however_it_is_asked_for(app: Flask) -> None:
    with writing():
        invoice = invoicing.issued(invoicing.office())
        check = by_check(invoice, 6_00, "first")
        refunds.refund(invoice, 2_00, RefundReason.REQUESTED, "back", at(4, 5))
        assert books(APRIL) == (-2_00, 0)
        payments.returned(invoice, check, at(4, 6))
        assert books(APRIL) == (0, 0)
        new = credits.void(invoice, reason=VoidReason.WRONG_AMOUNT, reissue=True, now=at(4, 7))
        assert new is not None
        review.approve(new, at(4, 8))
        by_check(new, 8_00, "second")
        assert [books(month)[0] for month in (MARCH, APRIL)] == [6_00 * 2, -6_00]


def test_the_entries_of_closed_months_tie_to_invoices_and_orders(app: Flask) -> None:
    with writing():
        invoice = invoicing.issued(invoicing.office())
        sold = [order("provider-compliance-bundle", at(3, 7)), order("oig-sam-screening", at(4, 30))]
        month = MARCH
        while month < date(2027, 5, 1):
            revenue.close(month, LATER)
            if month == APRIL:
                credits.credit(invoice, 1_50, RefundReason.BILLING_ERROR, "less", at(5, 2))
            month = (month + timedelta(days=32)).replace(day=1)
        db.session.flush()
        total = db.session.scalar(select(func.sum(RevenueEntry.cents)))
        assert total == 4_50 + sum(each.amount_cents for each in sold)
        assert revenue.report(date(2027, 4, 1)).deferred_cents == 0


def test_months_are_closed_when_they_are_over_and_in_their_order(app: Flask) -> None:
    with writing():
        for month, now in ((MARCH, at(3, 31)), (date(2026, 3, 2), at(4, 5))):
            with pytest.raises(Invalid):
                revenue.close(month, now)
        revenue.close(MARCH, datetime(2026, 4, 1, 4, tzinfo=UTC))
        with pytest.raises(Invalid):
            revenue.close(MAY, at(6, 2))
        trail = db.session.scalars(
            select(AuditEvent.changes).where(AuditEvent.action == "month closed")
        ).all()
        assert trail == ['{"deferred":0,"month":"2026-03-01","recognized":0}']


def test_the_journal_has_two_lines_a_document_that_cancel_out(app: Flask) -> None:
    with writing():
        invoice = invoicing.issued(invoicing.office())
        order("npi-reactivation", at(3, 16), status=OrderStatus.COMPLETED)
        for found in (revenue.report(MARCH), revenue.close(MARCH, at(4, 5))):
            lines = list(csv.DictReader(revenue.journal(found).splitlines()))
            assert len(lines) == 4
            assert (lines[0]["document"], lines[0]["date"], lines[0]["debit"]) == (
                invoice.number,
                "2026-03-31",
                "6.00",
            )
            debits, credits_ = (sum(float(line[name] or 0) for line in lines) for name in ("debit", "credit"))
            assert debits == credits_ == found.recognized_cents / 100
