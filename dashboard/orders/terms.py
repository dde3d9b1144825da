"""The terms an order is sold on: fixed when it is taken, whatever the catalog says later (CAT-01, CHK-03)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from dashboard import intake as intakes
from dashboard.catalog import Service
from dashboard.crypto import blind_index
from dashboard.errors import DomainError
from dashboard.intake import Intake
from dashboard.models import Order, OrderSource, OrderStatus, PaymentStatus

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NUMBER_LENGTH = 10
LONGEST_KEY = 64


class MethodNotAllowed(DomainError):
    """The service cannot be paid that way."""

    status = 422
    code = "METHOD_NOT_ALLOWED"
    field = "method"

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(f"This service is paid by {' or '.join(allowed)}. Choose one of them.")


def checked_method(method: str, allowed: Sequence[str]) -> str:
    """The method, as a plain word, if it is one of those allowed.

    Raises:
        MethodNotAllowed: it is not.
    """
    if method not in allowed:
        raise MethodNotAllowed(allowed)
    return str(method)


def sold(
    service: Service,
    intake: Intake,
    *,
    entry_key: str,
    source: OrderSource,
    now: datetime,
    cents: int | None = None,
) -> Order:
    """An order on today's terms, not yet in the database. `cents` goes instead of the catalog's price."""
    price = service.price_cents if cents is None else cents
    return Order(
        order_number=new_order_number(),
        source=source,
        entry_key=fitting(entry_key),
        service_slug=service.slug,
        price_cents=price,
        amount_cents=price,
        billing_interval=service.billing_interval and service.billing_interval.value,
        allowed_methods=[each.value for each in service.allowed_methods],
        intake_data=intakes.as_data(intake),
        npi=intake.npi,
        payment_status=PaymentStatus.UNPAID,
        status=OrderStatus.PENDING,
        created_at=now,
        updated_at=now,
    )


def new_order_number() -> str:
    """`CO-` and ten characters that nobody guesses or misreads: 50 random bits in Crockford's base 32."""
    return "CO-" + "".join(secrets.choice(CROCKFORD) for _ in range(NUMBER_LENGTH))


def fitting(entry_key: str) -> str:
    """The key as its column holds it; a longer one, such as a program's, by its hash."""
    too_long = len(entry_key) > LONGEST_KEY
    return sha256(entry_key.encode("utf-8", "surrogatepass")).hexdigest() if too_long else entry_key


def name_customer(order: Order, name: str | None, email: str | None) -> None:
    """Say whose order it is; the address is found again by its blind index."""
    order.customer_name = (name or "").strip() or None
    order.customer_email = (email or "").strip() or None
    order.customer_email_index = email_index(order.customer_email) if order.customer_email else None


def email_index(email: str) -> bytes:
    """By which the orders of one address are found, however its letters are cased."""
    return blind_index(email, purpose="compliance_orders.customer_email")


def intake_of(order: Order) -> Intake:
    """The order's answers as far as they are valid; what is not stays kept, and counts as missing."""
    return intakes.parse(order.intake_values()).intake
