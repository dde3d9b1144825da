"""Lines that a person adds: an adjustment or a credit, in closed words. None is ever edited (spec BIL-04)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from dashboard import audit
from dashboard.audit import Action
from dashboard.errors import DomainError, Invalid
from dashboard.extensions import db
from dashboard.models import DocumentState, Invoice, InvoiceLineItem, ItemType
from dashboard.money import dollars
from dashboard.outbound import Wording

OWED_ON_TOP = "owed on top:"  # begins the key of a line that asks for a refund's money back
ADJUSTING = frozenset(Wording) - {Wording.PATIENT_ACTIVATIONS, Wording.CREDIT}


class AlreadyIssued(DomainError):
    """What was issued or voided never changes."""

    code = "INVOICE_ISSUED"

    def __init__(self) -> None:
        super().__init__("This invoice is issued or void, and never changes. Add to the next draft.")


class CreditsTooMuch(Invalid):
    """More is credited than there is."""

    code = "CREDITS_TOO_MUCH"

    def __init__(self, left: str) -> None:
        super().__init__("amount", f"At most {left} can be credited here.")


class KeyReused(DomainError):
    """The same key was used for something else."""

    code = "IDEMPOTENCY_KEY_REUSED"

    def __init__(self) -> None:
        super().__init__("This was entered before with other values. Look at what is there, then try again.")


def add(
    invoice: Invoice, wording: Wording, cents: int, *, month: date | None, key: str, now: datetime
) -> InvoiceLineItem:
    """Add one line by hand to a draft or closed invoice: `cents` above 0 adjusts, below 0 credits.

    `month` is the first day of the service that it is about. The same key gives the same line.

    Raises:
        AlreadyIssued, KeyReused
        Invalid: 0 cents, or words that do not fit the sign.
        CreditsTooMuch: a closed invoice would fall below zero.
    """
    return add_many(invoice, wording, 1, cents, month=month, key=key, now=now)


def add_many(
    invoice: Invoice,
    wording: Wording,
    quantity: int,
    unit_cents: int,
    *,
    month: date | None,
    key: str,
    now: datetime,
) -> InvoiceLineItem:
    """The same, of several at one price."""
    line = _line(invoice, wording, quantity, unit_cents, month, key, now)
    before = told(key)
    if before is not None:
        if _facts(before) != _facts(line):
            raise KeyReused
        return before
    _check(invoice, line)
    db.session.add(line)
    if invoice.document_state is DocumentState.CLOSED:
        invoice.total_cents += line.total_cents
    invoice.updated_at = now
    db.session.flush()
    changes = {"type": line.item_type.value, "cents": line.total_cents}
    audit.record(Action.INVOICE_LINE_ADDED, invoice, changes=changes)
    return line


def told(key: str) -> InvoiceLineItem | None:
    """The line of this key, if it was added."""
    found: InvoiceLineItem | None = db.session.scalar(
        select(InvoiceLineItem).where(InvoiceLineItem.entry_key == key)
    )
    return found


def _line(
    invoice: Invoice, wording: Wording, quantity: int, cents: int, month: date | None, key: str, now: datetime
) -> InvoiceLineItem:
    return InvoiceLineItem(
        invoice_id=invoice.id,
        item_type=ItemType.CREDIT if cents < 0 else ItemType.ADJUSTMENT,
        wording=wording.value,
        service_month=month,
        quantity=quantity,
        unit_cents=cents,
        total_cents=quantity * cents,
        entry_key=key,
        created_at=now,
    )


def _facts(line: InvoiceLineItem) -> tuple[object, ...]:
    return line.invoice_id, line.wording, line.quantity, line.unit_cents, line.service_month


def _check(invoice: Invoice, line: InvoiceLineItem) -> None:
    if invoice.document_state not in {DocumentState.DRAFT, DocumentState.CLOSED}:
        raise AlreadyIssued
    if not line.total_cents:
        raise Invalid("amount", "Give an amount other than zero.")
    fits = {Wording.CREDIT} if line.item_type is ItemType.CREDIT else ADJUSTING
    if Wording(line.wording) not in fits:
        raise Invalid("wording", "A credit is called Credit; what is added is called by one of the others.")
    closed = invoice.document_state is DocumentState.CLOSED
    if closed and invoice.total_cents + line.total_cents < 0:
        raise CreditsTooMuch(dollars(invoice.total_cents))
