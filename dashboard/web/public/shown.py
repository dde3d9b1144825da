"""An order as its client may see it: the state, the price and what is missing, none of the answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dashboard import catalog
from dashboard import intake as intakes
from dashboard.catalog import Service
from dashboard.intake import LABELS, missing_required
from dashboard.models import Order, OrderStatus, PaymentStatus


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """One order on a client's page. Money is whole cents, times are UTC, `missing` holds labels."""

    number: str
    service: Service
    price_cents: int
    billing_interval: str | None
    status: OrderStatus
    payment_status: PaymentStatus
    created_at: datetime
    paid_at: datetime | None
    missing: tuple[str, ...]


def shown(order: Order) -> ShownOrder:
    """The client's view of an order."""
    intake = intakes.parse(order.intake_values()).intake
    return ShownOrder(
        number=order.order_number,
        service=catalog.service(order.service_slug),
        price_cents=order.price_cents,
        billing_interval=order.billing_interval,
        status=order.status,
        payment_status=order.payment_status,
        created_at=order.created_at,
        paid_at=order.paid_at,
        missing=tuple(LABELS[name] for name in missing_required(intake)),
    )
