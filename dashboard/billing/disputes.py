"""Disputes of payments, as the payment provider tells them (spec INV-05)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from dashboard import audit
from dashboard.audit import Action
from dashboard.billing import payments, refunds, states
from dashboard.models import Invoice, MoneySource, PaymentState


class Dispute(StrEnum):
    """What is told of a dispute."""

    OPENED = "opened"
    WON = "won"
    LOST = "lost"


def tell(invoice: Invoice, what: Dispute, now: datetime) -> None:
    """Record what the bank did: opened, it blocks refunds; won, all is as before; lost, the money is gone,
    unless all of it was refunded already.

    Telling it again changes nothing.

    Raises:
        NoSuchMove: nothing was paid that could be disputed.
    """
    if (what is Dispute.OPENED) is (invoice.payment_state is PaymentState.DISPUTED):
        return
    if what is Dispute.OPENED and not payments.standing(invoice):
        raise states.NoSuchMove(states.state_of(invoice), states.DISPUTED)
    if what is not Dispute.LOST or not _lose(invoice, now):
        after = PaymentState.DISPUTED if what is Dispute.OPENED else _before(invoice)
        states.move(invoice, paid=after, now=now)
    audit.record(Action.DISPUTE_CHANGED, invoice, changes={"to_status": what.value})


def _before(invoice: Invoice) -> PaymentState:
    gone = invoice.amount_refunded_cents > 0 and invoice.refundable_cents == 0
    return PaymentState.REFUNDED if gone else PaymentState.PAID


def _lose(invoice: Invoice, now: datetime) -> bool:
    """The bank takes what is left of the payments that it moved: what was refunded, it gave back before. Says
    whether that was anything.
    """
    moved = [each for each in payments.standing(invoice) if each.source is not MoneySource.BY_HAND]
    left = refunds.kept(invoice)
    cents = left.through_provider if moved else left.by_hand
    if cents <= 0:
        return False
    for payment in moved or payments.standing(invoice):
        gone = min(payment.amount_cents, cents)
        if gone:
            payments.returned(invoice, payment, now, gone)
        cents -= gone
    return True
