"""Disputes of payments, as the payment provider tells them (spec INV-05)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from dashboard import audit
from dashboard.audit import Action
from dashboard.billing import payments, states
from dashboard.models import Invoice, MoneyState, PaymentState


class Dispute(StrEnum):
    """What is told of a dispute."""

    OPENED = "opened"
    WON = "won"
    LOST = "lost"


def tell(invoice: Invoice, what: Dispute, now: datetime) -> None:
    """Record what the bank did: opened, it blocks refunds; won, all is as before; lost, the money is gone.

    Telling it again changes nothing.

    Raises:
        NoSuchMove: nothing was paid that could be disputed.
    """
    if (what is Dispute.OPENED) is (invoice.payment_state is PaymentState.DISPUTED):
        return
    if what is Dispute.LOST:
        _lose(invoice, now)
    else:
        states.move(
            invoice, paid=PaymentState.DISPUTED if what is Dispute.OPENED else _before(invoice), now=now
        )
    audit.record(Action.DISPUTE_CHANGED, invoice, changes={"to_status": what.value})


def _before(invoice: Invoice) -> PaymentState:
    gone = invoice.amount_refunded_cents > 0 and invoice.refundable_cents == 0
    return PaymentState.REFUNDED if gone else PaymentState.PAID


def _lose(invoice: Invoice, now: datetime) -> None:
    for payment in payments.of(invoice):
        if payment.state is MoneyState.SUCCEEDED:
            payments.returned(invoice, payment, now)
