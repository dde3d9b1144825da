"""Giving back what was paid: refunds, each the way its money came (spec INV-05)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from dashboard import audit
from dashboard.audit import Action
from dashboard.background import later
from dashboard.billing import payments, states
from dashboard.billing.lines import KeyReused
from dashboard.errors import DomainError, Invalid
from dashboard.extensions import db
from dashboard.models import Invoice, MoneySource, MoneyState, PaymentState, Refund, RefundReason
from dashboard.money import dollars
from dashboard.outbound import OutboundRefund, Reference


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


class RefundsTwoWays(Invalid):
    """It would have to go back in two ways at once."""

    code = "REFUNDS_TWO_WAYS"

    def __init__(self, kept: Kept) -> None:
        super().__init__(
            "amount",
            f"{dollars(kept.through_provider)} was paid through the payment provider and "
            f"{dollars(kept.by_hand)} by check or wire. Refund each by itself.",
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """What is left of an invoice's payments in cents, by the way it would go back."""

    through_provider: int
    by_hand: int


def refund(invoice: Invoice, cents: int, reason: RefundReason, key: str, now: datetime) -> Refund:
    """Give back so many cents of what was paid. The same key gives the same refund.

    It goes through the payment provider, if as much came through it, and is `pending` until that has taken
    it; what was paid by check or wire goes back by hand, and is told as done.

    Raises:
        Disputed, RefundsTooMuch, RefundsTwoWays, KeyReused
        Invalid: not above zero.
    """
    before: Refund | None = db.session.scalar(select(Refund).where(Refund.key == key))
    if before is not None:
        return _same(before, invoice, cents)
    _check(invoice, cents)
    given = Refund(key=key, invoice_id=invoice.id, amount_cents=cents, reason=reason, created_at=now)
    given.by_hand = _goes_by_hand(invoice, cents)
    given.state = MoneyState.SUCCEEDED if given.by_hand else MoneyState.PENDING
    db.session.add(given)
    invoice.amount_refunded_cents += cents
    invoice.updated_at = now
    if invoice.payment_state is PaymentState.PAID and invoice.refundable_cents == 0:
        states.move(invoice, paid=PaymentState.REFUNDED, now=now)
    db.session.flush()
    audit.record(Action.REFUNDED, invoice, reason=reason.value, changes={"cents": cents})
    if not given.by_hand:
        later("billing.send_refund", key=f"refund:{given.ref}", refund_id=given.id)
    return given


def _same(before: Refund, invoice: Invoice, cents: int) -> Refund:
    if (before.invoice_id, before.amount_cents) != (invoice.id, cents):
        raise KeyReused
    return before


def _check(invoice: Invoice, cents: int) -> None:
    if cents <= 0:
        raise Invalid("amount", "Give an amount above zero.")
    if invoice.payment_state is PaymentState.DISPUTED:
        raise Disputed
    if cents > invoice.refundable_cents:
        raise RefundsTooMuch(invoice.refundable_cents)


def _goes_by_hand(invoice: Invoice, cents: int) -> bool:
    left = kept(invoice)
    if cents <= left.through_provider:
        return False
    if cents <= left.by_hand:
        return True
    raise RefundsTwoWays(left)


def kept(invoice: Invoice) -> Kept:
    """What of the invoice's payments neither the bank took back nor we gave back."""
    left = {True: 0, False: 0}
    for payment in payments.of(invoice):
        left[payment.source is MoneySource.BY_HAND] += payment.stayed_cents
    for given in of(invoice):
        left[given.by_hand] -= given.amount_cents
    return Kept(through_provider=left[False], by_hand=left[True])


def to_send(given: Refund) -> OutboundRefund | None:
    """The letter for the payment provider; None once it was told."""
    if given.state is not MoneyState.PENDING:
        return None
    invoice = db.session.get_one(Invoice, given.invoice_id)
    return OutboundRefund(Reference(given.ref), Reference(invoice.ref), given.amount_cents)


def of(invoice: Invoice) -> Sequence[Refund]:
    """The invoice's refunds, oldest first."""
    ours = select(Refund).where(Refund.invoice_id == invoice.id)
    return db.session.scalars(ours.order_by(Refund.id)).all()
