"""One-off charges and setup fees: invoices of their own, in closed words (spec BIL-07).

They are closed drafts, reviewed like a month's: a slip of the hand is cheaper to void before it has a number
than after it has left. The clock approves them, too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import select

from dashboard import audit
from dashboard.audit import Action
from dashboard.billing import firm
from dashboard.billing.lines import KeyReused
from dashboard.errors import Invalid
from dashboard.extensions import db
from dashboard.models import DocumentState, Invoice, InvoiceLineItem, InvoiceType, ItemType, Office
from dashboard.outbound import Wording
from dashboard.rows import added_once

WORDINGS = {
    InvoiceType.SETUP_FEE: (Wording.SETUP_FEE,),
    InvoiceType.ONE_OFF: (
        Wording.ONBOARDING,
        Wording.TRAINING,
        Wording.DATA_IMPORT,
        Wording.DOCUMENT_COPIES,
        Wording.LATE_FEE,
        Wording.ADJUSTMENT,
    ),
}
ITEMS = {InvoiceType.SETUP_FEE: ItemType.SETUP_FEE, InvoiceType.ONE_OFF: ItemType.ONE_OFF}
MOST_CENTS = 1_000_000_00


def charge(
    office: Office,
    wording: Wording,
    cents: int,
    *,
    key: str,
    now: datetime,
    kind: InvoiceType,
    memo: str = "",
) -> Invoice:
    """Charge an office once for something: a closed draft of one line. The same key gives the same one.

    `memo` stays inside.

    Raises:
        Invalid: an amount not above zero or above a million dollars, or words that do not fit the kind.
        KeyReused
    """
    if not 0 < cents <= MOST_CENTS:
        raise Invalid("amount", "Give an amount above zero, at most $1,000,000.00.")
    if wording not in WORDINGS.get(kind, ()):
        raise Invalid("wording", "Choose one of the words of this kind of charge.")
    entry = f"one-off:{sha256(f'{office.ref} {key}'.encode()).hexdigest()[:40]}"
    invoice, is_new = added_once(_invoice(office, cents, kind, entry, memo, now), by="entry_key")
    if is_new:
        _begin(invoice, wording, now)
    elif not _is_same(invoice, wording, cents, kind):
        raise KeyReused
    return invoice


def _invoice(office: Office, cents: int, kind: InvoiceType, entry: str, memo: str, now: datetime) -> Invoice:
    day = now.astimezone(ZoneInfo(office.time_zone)).date()
    days = firm.ours().approval_days
    return Invoice(
        office_id=office.id,
        invoice_type=kind,
        billing_period_start=day,
        billing_period_end=day + timedelta(days=1),
        document_state=DocumentState.CLOSED,
        total_cents=cents,
        approve_at=None if days is None else now + timedelta(days=days),
        note=memo.strip() or None,
        entry_key=entry,
        created_at=now,
        updated_at=now,
    )


def _begin(invoice: Invoice, wording: Wording, now: datetime) -> None:
    line = InvoiceLineItem(
        invoice_id=invoice.id,
        item_type=ITEMS[invoice.invoice_type],
        wording=wording.value,
        quantity=1,
        unit_cents=invoice.total_cents,
        total_cents=invoice.total_cents,
        created_at=now,
    )
    db.session.add(line)
    db.session.flush()
    told = {"type": invoice.invoice_type.value, "cents": invoice.total_cents}
    audit.record(Action.ONE_OFF_CHARGED, invoice, changes=told)


def _is_same(invoice: Invoice, wording: Wording, cents: int, kind: InvoiceType) -> bool:
    first = select(InvoiceLineItem).where(InvoiceLineItem.invoice_id == invoice.id)
    line = db.session.scalars(first.order_by(InvoiceLineItem.id).limit(1)).one()
    return (line.wording, line.unit_cents, invoice.invoice_type) == (wording.value, cents, kind)
