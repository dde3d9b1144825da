"""Taking back: void and reissue, credit notes, refunds (spec INV-05). What was issued stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select

from dashboard import audit
from dashboard.audit import Action
from dashboard.background import later
from dashboard.billing import invoices, numbers, payments, states
from dashboard.billing.lines import CreditsTooMuch, KeyReused
from dashboard.errors import DomainError, Invalid
from dashboard.extensions import db
from dashboard.models import (
    CreditNote,
    DocumentState,
    Invoice,
    InvoiceLineItem,
    InvoiceType,
    MoneySource,
    MoneyState,
    PaymentState,
    Refund,
    RefundReason,
    VoidReason,
)
from dashboard.money import dollars
from dashboard.outbound import OutboundCredit, OutboundRefund, Reference


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


class Disputed(DomainError):
    """The bank decides now."""

    code = "DISPUTED"

    def __init__(self) -> None:
        super().__init__("This payment is disputed. Nothing can be refunded until the bank has decided.")


class RefundsTooMuch(Invalid):
    """More goes back than came."""

    code = "REFUNDS_TOO_MUCH"

    def __init__(self, left: int) -> None:
        super().__init__("amount", f"At most {dollars(left)} was paid and not refunded.")


def void(invoice: Invoice, *, reason: VoidReason, reissue: bool, now: datetime) -> Invoice | None:
    """Void an invoice; it keeps its number. Reissued, a new closed draft has the same lines, for a person to
    review: nobody is charged again, because the ledger is not touched.

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
        total_cents=old.total_cents,
        entry_key=f"reissue:{old.ref}",
        replaces_id=old.id,
        created_at=now,
        updated_at=now,
    )
    db.session.add(new)
    db.session.flush()
    db.session.add_all(_copy(line, new, now) for line in invoices.lines_of(old))
    audit.record(Action.INVOICE_DRAFTED, new, changes={"type": new.invoice_type.value})
    return new


def _copy(line: InvoiceLineItem, new: Invoice, now: datetime) -> InvoiceLineItem:
    return InvoiceLineItem(
        invoice_id=new.id,
        item_type=line.item_type,
        wording=line.wording,
        service_month=line.service_month,
        quantity=line.quantity,
        unit_cents=line.unit_cents,
        total_cents=line.total_cents,
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
        return _same(before, invoice, cents)
    _check_amount(cents)
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


def refund(invoice: Invoice, cents: int, reason: RefundReason, key: str, now: datetime) -> Refund:
    """Give back so many cents of what was paid. The same key gives the same refund.

    It is `pending` until the payment provider has taken it; what was paid by check or wire goes back by
    hand, and is told as done.

    Raises:
        Disputed, RefundsTooMuch, KeyReused
        Invalid: not above zero.
    """
    before: Refund | None = db.session.scalar(select(Refund).where(Refund.key == key))
    if before is not None:
        return _same(before, invoice, cents)
    _check_amount(cents)
    if invoice.payment_state is PaymentState.DISPUTED:
        raise Disputed
    if cents > invoice.refundable_cents:
        raise RefundsTooMuch(invoice.refundable_cents)
    by_hand = _paid_by_hand(invoice)
    state = MoneyState.SUCCEEDED if by_hand else MoneyState.PENDING
    given = Refund(key=key, invoice_id=invoice.id, amount_cents=cents, reason=reason, state=state)
    given.created_at = now
    db.session.add(given)
    invoice.amount_refunded_cents += cents
    invoice.updated_at = now
    if invoice.payment_state is PaymentState.PAID and invoice.refundable_cents == 0:
        states.move(invoice, paid=PaymentState.REFUNDED, now=now)
    db.session.flush()
    audit.record(Action.REFUNDED, invoice, reason=reason.value, changes={"cents": cents})
    if not by_hand:
        later("billing.send_refund", key=f"refund:{given.ref}", refund_id=given.id)
    return given


Told = TypeVar("Told", CreditNote, Refund)


def _same(before: Told, invoice: Invoice, cents: int) -> Told:
    if (before.invoice_id, before.amount_cents) != (invoice.id, cents):
        raise KeyReused
    return before


def _check_amount(cents: int) -> None:
    if cents <= 0:
        raise Invalid("amount", "Give an amount above zero.")


def _paid_by_hand(invoice: Invoice) -> bool:
    succeeded = [each for each in payments.of(invoice) if each.state is MoneyState.SUCCEEDED]
    return all(each.source is MoneySource.BY_HAND for each in succeeded)


def refund_to_send(given: Refund) -> OutboundRefund | None:
    """The letter for the payment provider; None once it was told."""
    if given.state is not MoneyState.PENDING:
        return None
    invoice = db.session.get_one(Invoice, given.invoice_id)
    return OutboundRefund(Reference(given.ref), Reference(invoice.ref), given.amount_cents)


def credit_to_send(note: CreditNote) -> OutboundCredit:
    """The letter for the payment provider."""
    invoice = db.session.get_one(Invoice, note.invoice_id)
    return OutboundCredit(Reference(note.ref), Reference(invoice.ref), note.amount_cents)


def notes_of(invoice: Invoice) -> Sequence[CreditNote]:
    """The invoice's credit notes, oldest first."""
    ours = select(CreditNote).where(CreditNote.invoice_id == invoice.id)
    return db.session.scalars(ours.order_by(CreditNote.id)).all()


def refunds_of(invoice: Invoice) -> Sequence[Refund]:
    """The invoice's refunds, oldest first."""
    ours = select(Refund).where(Refund.invoice_id == invoice.id)
    return db.session.scalars(ours.order_by(Refund.id)).all()
