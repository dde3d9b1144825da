"""Taking an order: once for each entry, and telling its customer (spec CHK-06)."""

from __future__ import annotations

from datetime import datetime

from dashboard import audit, notifications
from dashboard.audit import Action
from dashboard.catalog import Service
from dashboard.intake import Intake
from dashboard.models import Message, Office, Order, OrderSource
from dashboard.orders import payments, terms
from dashboard.rows import added_once

WELCOMES = {"oig-sam-screening": "hc_oig_screening", "provider-compliance-bundle": "hc_compliance_bundle"}


def place(
    service: Service,
    intake: Intake,
    *,
    customer_name: str,
    customer_email: str | None,
    method: str,
    source: OrderSource,
    entry_key: str,
    now: datetime,
    office: Office | None = None,
    paid_note: str | None = None,
) -> Order:
    """Take one order. Telling the same `entry_key` again gives the order it made, unchanged.

    `paid_note` says how it was paid offline: the order is then paid at `now` (UTC), and its work starts.

    Raises:
        MethodNotAllowed: nothing was taken.
    """
    asked = terms.sold(service, intake, entry_key=entry_key, source=source, now=now)
    asked.method = terms.checked_method(method, asked.allowed_methods)
    asked.office_id = office.id if office else None
    terms.name_customer(asked, customer_name, customer_email)
    order, is_new = taken(asked)
    if is_new:
        welcome(order, now)
        if paid_note is not None:
            payments.record_payment(order, method=method, note=paid_note, paid_at=now, now=now)
    return order


def taken(asked: Order) -> tuple[Order, bool]:
    """The order of this entry key, and whether it is new; a new one is on the audit trail."""
    order, is_new = added_once(asked, by="entry_key")
    if is_new:
        told = {"source": order.source.value, "service": order.service_slug, "status": order.status.value}
        audit.record(Action.ORDER_CREATED, order, changes=told)
    return order, is_new


def welcome(order: Order, now: datetime) -> Message | None:
    """Confirm the order to whoever placed it, once. Without an address nobody is told; the todo says so."""
    to = order.customer_email or terms.intake_of(order).email
    if to is None:
        return None
    kind = WELCOMES.get(order.service_slug, "order_received")
    return notifications.tell(kind, to=to, key=f"welcome:{order.order_number}", now=now, order=order)
