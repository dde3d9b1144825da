"""Taking back what was asked: void, reissue, credit notes (spec INV-05). What was issued stays as it is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from dashboard import audit
from dashboard.audit import Action
from dashboard.billing import invoices, numbers, payments, states
from dashboard.billing.lines import OWED_ON_TOP, CreditsTooMuch, KeyReused
from dashboard.errors import DomainError, Invalid
from dashboard.extensions import db
from dashboard.models import (
    CreditNote,
    DocumentState,
    Invoice,
    InvoiceLineItem,
    InvoiceType,
    ItemType,
    RefundReason,
    VoidReason,
)
from dashboard.money import dollars
from dashboard.outbound import OutboundCredit, Reference, Wording


class StillGrowing(DomainError):
    """The draft of a running month."""

    code = "STILL_GROWING"

    def __init__(self) -> None:
        super().__init__("This draft grows until its month ends. Void it then, or add a credit to it.")


class PaidAlready(DomainError):
    """Money came in for it."""

    code = "PAID_ALREADY"

    def __init__(self) -> None:
        super().__init__("Money came in for this invoice. Refund it first, or write a credit note.")


def void(invoice: Invoice, *, reason: VoidReason, reissue: bool, now: datetime) -> Invoice | None:
    """Void an invoice; it keeps its number. Reissued, a new closed draft has the same lines, for a person to
    review: nobody is charged again, because the ledger is not touched. What credit notes took off the old one
    stands on the new one as a credit line, what was owed on top of it (a refund out of money that bounced) as
    an adjustment: what was left to pay of the old one is what the new one comes to.

    Raises:
        StillGrowing, PaidAlready, NoSuchMove
    """
    monthly = invoice.invoice_type is InvoiceType.MONTHLY
    if monthly and invoice.document_state is DocumentState.DRAFT:
        raise StillGrowing
    if invoice.refundable_cents > 0:
        raise PaidAlready
    states.move(invoice, to=DocumentState.VOID, now=now)
    invoice.void_reason, invoice.approve_at = reason, None
    db.session.flush()
    audit.record(Action.INVOICE_CANCELED, invoice, reason=reason.value, changes={"replaced": reissue})
    invoices.tell_void(invoice)
    return _reissued(invoice, now) if reissue else None


def _reissued(old: Invoice, now: datetime) -> Invoice:
    new = Invoice(
        office_id=old.office_id,
        invoice_type=old.invoice_type,
        cycle_id=old.cycle_id,
        billing_period_start=old.billing_period_start,
        billing_period_end=old.billing_period_end,
        document_state=DocumentState.CLOSED,
        total_cents=old.total_cents - old.amount_credited_cents - old.kept_cents,
        entry_key=f"reissue:{old.ref}",
        replaces_id=old.id,
        created_at=now,
        updated_at=now,
    )
    db.session.add(new)
    db.session.flush()
    db.session.add_all(_copy(line, new, now) for line in invoices.lines_of(old))
    if old.amount_credited_cents:
        db.session.add(_carried(ItemType.CREDIT, -old.amount_credited_cents, new, now))
    if old.kept_cents:
        on_top = _carried(ItemType.ADJUSTMENT, -old.kept_cents, new, now)
        on_top.entry_key = f"{OWED_ON_TOP}{old.ref}"
        db.session.add(on_top)
    audit.record(Action.INVOICE_DRAFTED, new, changes={"type": new.invoice_type.value})
    return new


def _copy(line: InvoiceLineItem, new: Invoice, now: datetime) -> InvoiceLineItem:
    is_on_top = bool(line.entry_key) and str(line.entry_key).startswith(OWED_ON_TOP)
    return InvoiceLineItem(
        entry_key=f"{OWED_ON_TOP}{new.ref}" if is_on_top else None,
        invoice_id=new.id,
        item_type=line.item_type,
        wording=line.wording,
        service_month=line.service_month,
        quantity=line.quantity,
        unit_cents=line.unit_cents,
        total_cents=line.total_cents,
        created_at=now,
    )


def _carried(kind: ItemType, cents: int, new: Invoice, now: datetime) -> InvoiceLineItem:
    return InvoiceLineItem(
        invoice_id=new.id,
        item_type=kind,
        wording=(Wording.CREDIT if kind is ItemType.CREDIT else Wording.ADJUSTMENT).value,
        service_month=new.billing_period_start if new.cycle_id else None,
        quantity=1,
        unit_cents=cents,
        total_cents=cents,
        created_at=now,
    )


def credit(invoice: Invoice, cents: int, reason: RefundReason, key: str, now: datetime) -> CreditNote:
    """A credit note: so many cents of an issued invoice need not be paid. The same key gives the same note.

    Raises:
        CreditsTooMuch: more than is left to pay.
        KeyReused
        Invalid: not above zero.
    """
    before: CreditNote | None = db.session.scalar(select(CreditNote).where(CreditNote.key == key))
    if before is not None:
        if (before.invoice_id, before.amount_cents) != (invoice.id, cents):
            raise KeyReused
        return before
    if cents <= 0:
        raise Invalid("amount", "Give an amount above zero.")
    if cents > invoice.rest_cents:
        raise CreditsTooMuch(dollars(invoice.rest_cents))
    note = CreditNote(key=key, office_id=invoice.office_id, invoice_id=invoice.id, amount_cents=cents)
    note.number, note.reason, note.created_at = numbers.next_credit_number(invoice), reason, now
    db.session.add(note)
    invoice.amount_credited_cents += cents
    invoice.updated_at = now
    db.session.flush()
    audit.record(Action.INVOICE_CREDITED, invoice, reason=reason.value, changes={"cents": cents})
    payments.settle(invoice, now)
    invoices.tell_credit(invoice, note)
    return note


def credit_to_send(note: CreditNote) -> OutboundCredit:
    """The letter for the payment provider."""
    invoice = db.session.get_one(Invoice, note.invoice_id)
    return OutboundCredit(Reference(note.ref), Reference(invoice.ref), note.amount_cents)
