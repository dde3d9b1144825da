"""A bundle is several services in one: it spawns those that need an order of their own (spec FUL-07, CAT-03).

Its first screening is an item of its own todo's checklist, never an order, and there is no second one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from dashboard import catalog
from dashboard.extensions import db
from dashboard.models import Order, OrderSource, OrderStatus, PaymentStatus
from dashboard.orders import orders, payments, terms


def spawn(bundle: Order, slug: str, now: datetime) -> Order:
    """The linked order of a bundle: paid with it, for nothing more, and dispatched. Once, however often told.

    Raises:
        UnknownService: it names the slug.
    """
    key = f"bundle:{bundle.order_number}:{slug}"
    intake = terms.intake_of(bundle)
    asked = terms.sold(
        catalog.service(slug), intake, entry_key=key, source=OrderSource.BUNDLE, now=now, cents=0
    )
    asked.bundle_order_id, asked.office_id = bundle.id, bundle.office_id
    asked.method, asked.paid_at = bundle.method, bundle.paid_at
    asked.payment_status, asked.status = PaymentStatus.PAID, OrderStatus.ACTIVE
    terms.name_customer(asked, bundle.customer_name, bundle.customer_email)
    order, is_new = orders.taken(asked)
    if is_new:
        payments.ask_for_dispatch(order)
    return order


def spawned_by(bundle: Order) -> Sequence[Order]:
    """The linked orders of a bundle, oldest first; none of any other order."""
    linked = select(Order).where(Order.bundle_order_id == bundle.id).order_by(Order.id)
    return db.session.scalars(linked).all()
