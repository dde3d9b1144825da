"""The background side of orders: their work is opened, and what they spawn is ordered."""

from __future__ import annotations

from flask import current_app

from dashboard import clock
from dashboard.config import Settings
from dashboard.models import Order, OrderStatus
from dashboard.orders import bundle, fulfillment
from dashboard.rows import locked
from jobs.registry import finishing, job


@job("orders.dispatch")
def dispatch(
    order_id: int, recurring_cycle: str | None = None, recurring_invoice_id: str | None = None
) -> None:
    """Open the todo of an order, or of one renewal of it. Harmless to repeat.

    Raises:
        UnknownService: the job fails at once, and names the slug.
    """
    settings: Settings = current_app.extensions["settings"]
    with finishing():
        fulfillment.dispatch(
            locked(Order, order_id, "order"),
            zone=settings.firm_time_zone,
            now=clock.now(),
            recurring_cycle=recurring_cycle,
            recurring_invoice_id=recurring_invoice_id,
        )


@job("orders.spawn")
def spawn(order_id: int, slug: str) -> None:
    """Make the linked order that a bundle includes, unless the bundle was canceled meanwhile. Harmless to
    repeat.
    """
    with finishing():
        order = locked(Order, order_id, "order")
        if order.status is not OrderStatus.CANCELED:
            bundle.spawn(order, slug, clock.now())
