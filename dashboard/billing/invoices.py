"""Issuing an invoice and having it sent (spec BIL-04, INV-03, PHI-01).

Issued, an invoice never changes: what it says is kept in its snapshot, what follows stands beside it. It is
handed to the payment provider in three steps: `to_send` in a unit, the call outside, `was_sent`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select

from dashboard import audit, notifications
from dashboard.audit import Action
from dashboard.background import later
from dashboard.billing import firm, numbers, snapshots, states
from dashboard.crypto import blind_index
from dashboard.extensions import db
from dashboard.gateways.roles import SentInvoice
from dashboard.models import (
    CreditNote,
    DocumentState,
    Invoice,
    InvoiceLineItem,
    InvoiceType,
    MoneySource,
    MoneyState,
    Office,
    Payment,
    PaymentState,
)
from dashboard.models.invoice import UNSENT
from dashboard.outbound import OutboundInvoice, OutboundLine, Reference, Wording


def lines_of(invoice: Invoice) -> Sequence[InvoiceLineItem]:
    """The lines as they were written, in that order. A draft's lines from the ledger are not written yet."""
    ours = select(InvoiceLineItem).where(InvoiceLineItem.invoice_id == invoice.id)
    return db.session.scalars(ours.order_by(InvoiceLineItem.id)).all()


def office_of(invoice: Invoice) -> Office:
    return db.session.get_one(Office, invoice.office_id)


def issue(invoice: Invoice, *, on: date, now: datetime, by_clock: bool = False) -> None:
    """Give a closed invoice its number, its snapshot and its due date, and have it sent. `on` is the firm's
    day.

    Raises:
        NoSuchMove: it is not closed.
    """
    office = office_of(invoice)
    states.move(invoice, to=DocumentState.ISSUED, now=now)
    invoice.number = numbers.next_number(office)
    invoice.issued_at, invoice.due_date = now, on + timedelta(days=firm.ours().due_days)
    invoice.approve_at = None
    invoice.snapshot = snapshots.taken(invoice, office, lines_of(invoice), issued_on=on)
    audit.record(
        Action.INVOICE_ISSUED,
        invoice,
        changes={"number": invoice.number, "cents": invoice.total_cents, "by_clock": by_clock},
    )
    later("billing.draw_invoice", key=f"draw:{invoice.ref}", invoice_id=invoice.id)
    ask_to_send(invoice)


def ask_to_send(invoice: Invoice) -> None:
    """Have an issued invoice sent, once however often it is asked for."""
    later("billing.send_invoice", key=f"send:{invoice.ref}", invoice_id=invoice.id)


def send_waiting(office: Office) -> None:
    """Have everything sent that waited for this office to be verified (OFF-03)."""
    for invoice in db.session.scalars(waiting().where(Invoice.office_id == office.id)):
        ask_to_send(invoice)


def waiting() -> Select[Invoice]:
    """Asks for the issued invoices that were not handed to the payment provider yet, oldest first."""
    return select(Invoice).where(UNSENT).order_by(Invoice.id)


def to_send(invoice: Invoice, *, on: date) -> OutboundInvoice | None:
    """The letter for the payment provider: closed words, numbers, a month, random references.

    None where there is nothing to send, or not yet: it was sent, is void, or the office's name and email
    are not verified; then it waits.
    """
    office = office_of(invoice)
    if not invoice.waits_to_be_sent or not office.is_verified or invoice.due_date is None:
        return None
    return OutboundInvoice(
        reference=Reference(invoice.ref),
        customer=Reference(office.ref),
        lines=tuple(_outbound(line) for line in lines_of(invoice)),
        total_cents=invoice.total_cents,
        month=_month(invoice),
        due_days=max(0, (invoice.due_date - on).days),
    )


def _outbound(line: InvoiceLineItem) -> OutboundLine:
    month = line.service_month.replace(day=1) if line.service_month else None
    return OutboundLine(Wording(line.wording), line.quantity, line.unit_cents, month, Reference(line.ref))


def _month(invoice: Invoice) -> date | None:
    """Nothing finer than the month leaves (PHI-03)."""
    monthly = invoice.invoice_type is InvoiceType.MONTHLY
    return invoice.billing_period_start.replace(day=1) if monthly else None


def was_sent(invoice: Invoice, sent: SentInvoice, now: datetime) -> None:
    """Record what the provider called it, and tell the office. What happened meanwhile is told after it."""
    if invoice.sent_at is not None:
        return
    invoice.sent_at = invoice.last_synced_at = now
    invoice.stripe_invoice_id, invoice.hosted_invoice_url = sent.invoice_id, sent.hosted_url
    invoice.stripe_invoice_index = stripe_index(sent.invoice_id)
    audit.record(Action.INVOICE_SENT, invoice)
    if invoice.document_state is DocumentState.VOID:
        tell_void(invoice)
    else:
        _tell_credits(invoice)
        _mail(invoice, now)
        tell_paid(invoice)


def stripe_index(invoice_id: str) -> bytes:
    """By which an invoice is found that the provider names."""
    return blind_index(invoice_id, purpose="invoices.stripe_invoice_id", fold=False)


def _mail(invoice: Invoice, now: datetime) -> None:
    email = office_of(invoice).billing_email
    if email:
        key = f"invoice:{invoice.ref}"
        notifications.tell("invoice_sent", to=email, key=key, now=now, invoice=invoice)


def _tell_credits(invoice: Invoice) -> None:
    for note in db.session.scalars(select(CreditNote).where(CreditNote.invoice_id == invoice.id)):
        tell_credit(invoice, note)


def tell_credit(invoice: Invoice, note: CreditNote) -> None:
    """Have the provider hear of a credit note, once it has the invoice."""
    if invoice.sent_at is not None:
        later("billing.send_credit", key=f"credit:{note.ref}", credit_note_id=note.id)


def tell_void(invoice: Invoice) -> None:
    """Have the provider void what was sent; what was not, it never hears of."""
    if invoice.sent_at is not None:
        later("billing.void_invoice", key=f"void:{invoice.ref}", invoice_id=invoice.id)


def tell_paid(invoice: Invoice) -> None:
    """Have the provider mark as paid what is paid, and not only through it or by credit notes (INV-06)."""
    if invoice.sent_at is not None and invoice.payment_state is PaymentState.PAID and _came_by_hand(invoice):
        later("billing.mark_paid", key=f"paid:{invoice.ref}", invoice_id=invoice.id)


def _came_by_hand(invoice: Invoice) -> bool:
    by_hand = Payment.source == MoneySource.BY_HAND, Payment.state == MoneyState.SUCCEEDED
    any_of_it = select(Payment.id).where(Payment.invoice_id == invoice.id, *by_hand)
    return db.session.scalar(any_of_it.limit(1)) is not None
