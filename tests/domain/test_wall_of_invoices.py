"""The wall: issued and not sent, though the office is verified; its mending asks once more (FUL-13)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from dashboard import reconcile
from dashboard.billing import invoices
from dashboard.gateways.roles import SentInvoice
from dashboard.models import Invoice, Job, JobState
from dashboard.unit import reading, writing
from tests.support import invoicing
from tests.support.invoicing import APRIL_3

pytestmark = pytest.mark.both
UNSENT = "unsent-invoices"
LATER = APRIL_3 + timedelta(hours=1, seconds=1)


def issued(verified_at: datetime | None = APRIL_3) -> Invoice:
    """One whose ask to be sent was lost."""
    with writing() as session:
        office = invoicing.office(verified=verified_at is not None)
        office.verified_at = verified_at
        invoice = invoicing.issued(office)
    with writing() as session:
        session.execute(update(Job).values(state=JobState.CANCELED))
    return invoice


def on_the_wall(now: datetime = LATER) -> list[int]:
    with reading() as session:
        return [
            row.id for each in reconcile.shown(session, now) if each.list.key == UNSENT for row in each.rows
        ]


def test_an_invoice_that_was_not_sent_counts_after_an_hour(app: Flask) -> None:
    invoice = issued()
    assert on_the_wall(APRIL_3 + timedelta(hours=1)) == []
    assert on_the_wall() == [invoice.id]


def test_one_of_an_unverified_office_waits_rightly(app: Flask) -> None:
    issued(verified_at=None)
    assert on_the_wall() == []


def test_one_that_was_sent_does_not_count(app: Flask) -> None:
    sent = issued()
    with writing() as session:
        told = SentInvoice(invoice_id="in_demo", hosted_url="https://pay.example.test/1")
        invoices.was_sent(session.get_one(Invoice, sent.id), told, APRIL_3)
    assert on_the_wall() == []


def test_its_mending_asks_for_it_to_be_sent_once(app: Flask) -> None:
    invoice = issued()
    for _ in range(2):
        with writing() as session:
            reconcile.mend(session, reconcile.named(UNSENT), invoice.id, LATER)
    with reading() as session:
        ours = select(func.count()).where(Job.key == f"send:{invoice.ref}", Job.state == JobState.READY)
        assert session.scalar(ours) == 1
