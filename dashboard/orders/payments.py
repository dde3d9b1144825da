"""Money that came in. The work starts here, and only here (spec CHK-04)."""

from __future__ import annotations

from datetime import datetime

from dashboard import audit
from dashboard.audit import Action
from dashboard.background import later
from dashboard.errors import DomainError, Invalid
from dashboard.models import Order, OrderStatus, PaymentStatus
from dashboard.orders import states, terms


class CanceledOrder(DomainError):
    """A canceled order takes no payment."""

    code = "ORDER_CANCELED"

    def __init__(self) -> None:
        super().__init__("This order is canceled and takes no payment. Enter a new order.")


def record_payment(order: Order, *, method: str, note: str, paid_at: datetime, now: datetime) -> bool:
    """Record that an order was paid outside Stripe at `paid_at` (UTC), and have its work started.

    `note` is the person's word for it, such as a check number. Money that is already recorded stays as it
    is: telling it again changes nothing. Says whether it did.

    Raises:
        MethodNotAllowed: not a method this order was sold with.
        Invalid: paid in the future.
        CanceledOrder: the order is canceled.
    """
    if order.payment_status in states.RECEIVED:
        return False
    if order.status is OrderStatus.CANCELED:
        raise CanceledOrder
    if paid_at > now:
        raise Invalid("paid_on", "A payment cannot be received in the future. Give the day it came in.")
    order.method = terms.checked_method(method, order.allowed_methods)
    order.payment_note = note.strip() or None
    confirm(order, paid_at=paid_at, now=now)
    return True


def confirm(order: Order, *, paid_at: datetime, now: datetime) -> None:
    """The money is certain: the order is active, and its work is asked for in the same transaction."""
    before = order.status
    order.payment_status = states.next_payment(order.payment_status, PaymentStatus.PAID)
    order.status = states.next_status(order.status, OrderStatus.ACTIVE)
    order.paid_at, order.updated_at = order.paid_at or paid_at, now
    audit.record(
        Action.ORDER_CHANGED,
        order,
        changes={
            "payment_status": order.payment_status.value,
            "from_status": before.value,
            "status": order.status.value,
            "method": order.method,
            "cents": order.amount_cents,
        },
    )
    ask_for_dispatch(order)


def ask_for_dispatch(order: Order) -> None:
    """Have the order's work started, once however often it is asked for."""
    later(
        "orders.dispatch",
        key=f"dispatch:{order.order_number}",
        order_number=order.order_number,
        order_id=order.id,
    )
