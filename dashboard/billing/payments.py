"""Money that came in for an invoice: each movement a row, told once by its key (spec INV-06)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from dashboard import audit
from dashboard.audit import Action
from dashboard.billing import firm, invoices, states
from dashboard.billing.lines import KeyReused
from dashboard.errors import DomainError, Invalid
from dashboard.extensions import db
from dashboard.models import (
    DocumentState,
    Invoice,
    MoneySource,
    MoneyState,
    Payment,
    PaymentState,
)
from dashboard.money import dollars

OFFLINE = frozenset({"check", "wire"})


class NothingOwed(DomainError):
    """Nothing is to be paid of this invoice."""

    code = "NOTHING_OWED"

    def __init__(self) -> None:
        super().__init__(
            "Nothing is owed on this invoice. Only an issued one that is not settled takes money."
        )


class MoreThanOwed(Invalid):
    """A payment above the rest."""

    code = "MORE_THAN_OWED"

    def __init__(self, rest: int) -> None:
        super().__init__("amount", f"Only {dollars(rest)} is still owed. Record at most that.")


def record(
    invoice: Invoice,
    cents: int,
    method: str,
    received_on: date,
    reference: str,
    key: str,
    now: datetime,
) -> Payment:
    """Record a check or a wire that came in on `received_on` (the firm's day), in part or in whole.

    `reference` is the check's number or the wire's. The same key gives the same payment. A whole payment is
    told to the payment provider as paid out of band.

    Raises:
        NothingOwed, MoreThanOwed, KeyReused
        Invalid: no such method, a day to come, no reference, no amount.
    """
    before = told(key)
    if before is not None:
        return _same(before, invoice, cents, method)
    _check(method, received_on, reference, now)
    payment = receive(invoice, cents, method, source=MoneySource.BY_HAND, key=key, now=now)
    payment.received_on, payment.provider_reference = received_on, reference.strip()
    return payment


def told(key: str) -> Payment | None:
    """The payment of this key, if it was told."""
    found: Payment | None = db.session.scalar(select(Payment).where(Payment.key == key))
    return found


def _same(before: Payment, invoice: Invoice, cents: int, method: str) -> Payment:
    if (before.invoice_id, before.amount_cents, before.method) != (invoice.id, cents, method):
        raise KeyReused
    return before


def _check(method: str, received_on: date, reference: str, now: datetime) -> None:
    if method not in OFFLINE:
        raise Invalid("method", "Money that came outside the payment provider is a check or a wire.")
    if received_on > firm.ours().day(now):
        raise Invalid("received_on", "A payment cannot be received in the future. Give the day it came in.")
    if not reference.strip():
        raise Invalid("reference", "Give the number of the check or the wire.")


def receive(
    invoice: Invoice,
    cents: int,
    method: str,
    *,
    source: MoneySource,
    key: str,
    now: datetime,
    attempt: int = 1,
) -> Payment:
    """Money that surely came: a row, the invoice's amounts, and `paid` once nothing is left.

    Raises:
        NothingOwed, MoreThanOwed
        Invalid: not above zero.
    """
    _check_amount(invoice, cents)
    payment = _row(invoice, cents, method, MoneyState.SUCCEEDED, source, key, now, attempt)
    invoice.amount_paid_cents += cents
    invoice.updated_at = now
    audit.record(
        Action.PAYMENT_SUCCEEDED,
        invoice,
        changes={"cents": cents, "method": method, "source": source.value},
    )
    settle(invoice, now)
    return payment


def _check_amount(invoice: Invoice, cents: int) -> None:
    if cents <= 0:
        raise Invalid("amount", "Give an amount above zero.")
    if invoice.rest_cents <= 0:
        raise NothingOwed
    if cents > invoice.rest_cents:
        raise MoreThanOwed(invoice.rest_cents)


def settle(invoice: Invoice, now: datetime) -> None:
    """Say that an issued invoice is paid, once payments and credit notes leave nothing of it."""
    if invoice.rest_cents > 0:
        return
    states.move(invoice, paid=PaymentState.PAID, now=now)
    audit.record(Action.INVOICE_PAID, invoice, changes={"cents": invoice.amount_paid_cents})
    invoices.tell_paid(invoice)


def failed(
    invoice: Invoice,
    cents: int,
    method: str,
    *,
    source: MoneySource,
    key: str,
    now: datetime,
    attempt: int = 1,
) -> Payment:
    """An attempt to pay that failed, as the payment provider tells it. One told after the payment changes
    nothing.
    """
    before = told(key)
    if before is not None:
        return before
    payment = _row(invoice, cents, method, MoneyState.FAILED, source, key, now, attempt)
    audit.record(Action.PAYMENT_FAILED, invoice, changes={"cents": cents, "method": method})
    if invoice.rest_cents > 0:
        _fail(invoice, now)
    return payment


def returned(invoice: Invoice, payment: Payment, now: datetime, cents: int | None = None) -> None:
    """A debit or a check that came back, or a dispute that was lost: the money, all of it or so many cents,
    is gone, and the invoice failed, unless it is void. Telling it again changes nothing.
    """
    if payment.state is not MoneyState.SUCCEEDED or payment.invoice_id != invoice.id:
        return
    gone = payment.amount_cents if cents is None else cents
    payment.state, payment.returned_cents = MoneyState.REVERSED, gone
    invoice.amount_paid_cents -= gone
    invoice.updated_at = now
    audit.record(Action.PAYMENT_FAILED, invoice, changes={"cents": gone, "method": payment.method})
    _fail(invoice, now)


def _fail(invoice: Invoice, now: datetime) -> None:
    is_void = invoice.document_state is DocumentState.VOID
    if not is_void and invoice.payment_state is not PaymentState.FAILED:
        states.move(invoice, paid=PaymentState.FAILED, now=now)
        audit.record(Action.INVOICE_FAILED, invoice)


def of(invoice: Invoice) -> list[Payment]:
    """The invoice's payments, oldest first."""
    ours = select(Payment).where(Payment.invoice_id == invoice.id).order_by(Payment.id)
    return list(db.session.scalars(ours))


def standing(invoice: Invoice) -> list[Payment]:
    """Those that came and that the bank let stand, oldest first."""
    return [payment for payment in of(invoice) if payment.state is MoneyState.SUCCEEDED]


def _row(
    invoice: Invoice,
    cents: int,
    method: str,
    state: MoneyState,
    source: MoneySource,
    key: str,
    now: datetime,
    attempt: int,
) -> Payment:
    payment = Payment(
        key=key,
        invoice_id=invoice.id,
        amount_cents=cents,
        method=method,
        state=state,
        source=source,
        attempt=attempt,
        created_at=now,
    )
    db.session.add(payment)
    return payment
