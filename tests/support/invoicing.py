"""Closed drafts and issued invoices, for tests of what happens to them. Called inside a writing unit."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import select

from dashboard.billing import months, review
from dashboard.billing.activations import activate
from dashboard.extensions import db
from dashboard.models import Invoice, Office
from tests.support import practice

MARCH = date(2026, 3, 1)
APRIL_3 = datetime(2026, 4, 3, 15, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def office(*, verified: bool = True) -> Office:
    """An office that a second person has verified, with an address."""
    made = practice.office(MARCH)
    made.billing_email = "front.desk@practice.example.test"
    made.billing_address = "12 Sample Road\nDemoville, NY 10001"
    if verified:
        made.verified_name, made.verified_email = made.name, made.billing_email
    db.session.flush()
    return made


def closed(of: Office, patients: int = 3) -> Invoice:
    """The closed draft of March: so many patients at two dollars."""
    for _ in range(patients):
        activate(practice.patient(of), at=at("2026-03-02"), now=at("2026-03-02"))
    months.up_to_date(of.id, at("2026-04-01T05:00"))
    return newest(of, before=date(2026, 4, 1))


def newest(of: Office, before: date = date(2100, 1, 1)) -> Invoice:
    """The office's newest invoice whose period began before a day."""
    ours = select(Invoice).where(Invoice.office_id == of.id, Invoice.billing_period_start < before)
    return db.session.scalars(ours.order_by(Invoice.id.desc())).first() or no_invoice()


def no_invoice() -> Invoice:
    raise AssertionError("the office has no invoice")


def issued(of: Office, patients: int = 3, *, now: datetime = APRIL_3) -> Invoice:
    """March's invoice, issued on 3 April, or `now`; due 30 days after."""
    invoice = closed(of, patients)
    review.approve(invoice, now)
    return invoice
