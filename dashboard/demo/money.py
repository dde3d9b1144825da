"""What became of the demo's invoices: each office has a short story, told of its oldest invoices in order.

What the story does not reach stays to be reviewed, as it would on the day after a month's end.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from dashboard.billing import credits, firm, payments, refunds, review
from dashboard.demo import letters
from dashboard.extensions import db
from dashboard.models import (
    BillingCycle,
    DocumentState,
    Invoice,
    MoneySource,
    Office,
    RefundReason,
    VoidReason,
)

REVIEWED_AFTER, PAID_AFTER = timedelta(days=1), timedelta(days=9)


def tell(office: Office, story: Sequence[str], now: datetime) -> None:
    """Take the office's closed invoices, oldest first, through this story."""
    closed = select(Invoice, BillingCycle.end_utc).join(BillingCycle, BillingCycle.id == Invoice.cycle_id)
    closed = closed.where(Invoice.office_id == office.id, Invoice.document_state == DocumentState.CLOSED)
    for (invoice, ended), what in zip(
        db.session.execute(closed.order_by(Invoice.id)).all(), story, strict=False
    ):
        _one(invoice, what, ended + REVIEWED_AFTER, min(now, ended + PAID_AFTER))


def _one(invoice: Invoice, what: str, reviewed: datetime, paid: datetime) -> None:
    if what == "returned":
        review.send_back(invoice, "The training of last month is missing: add it as a line.", reviewed)
        return
    review.approve(invoice, reviewed)
    letters.sent(invoice, reviewed)
    if what == "check":
        _by_check(invoice, invoice.total_cents, paid)
    elif what == "partly":
        _by_check(invoice, invoice.total_cents // 2, paid)
    elif what == "failed":
        _by_card(invoice, paid, fails=True)
    elif what in {"card", "refunded"}:
        _by_card(invoice, paid)
    _take_back(invoice, what, paid)


def _take_back(invoice: Invoice, what: str, at: datetime) -> None:
    key = f"demo:{what}:{invoice.ref}"
    if what == "refunded":
        refunds.refund(invoice, invoice.total_cents // 4, RefundReason.BILLING_ERROR, key, at)
    elif what == "credited":
        credits.credit(invoice, invoice.total_cents // 4, RefundReason.REQUESTED, key, at)
    elif what == "void":
        credits.void(invoice, reason=VoidReason.WRONG_AMOUNT, reissue=True, now=at)


def _by_check(invoice: Invoice, cents: int, at: datetime) -> None:
    number, day = f"DEMO-{invoice.id:04d}", firm.ours().day(at)
    payments.record(invoice, cents, "check", day, number, f"demo:check:{invoice.ref}", at)


def _by_card(invoice: Invoice, at: datetime, *, fails: bool = False) -> None:
    tell = payments.failed if fails else payments.receive
    key = f"demo:card:{invoice.ref}"
    tell(invoice, invoice.total_cents, "card", source=MoneySource.WEBHOOK, key=key, now=at)
