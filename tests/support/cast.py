"""The small named cast: a few people and orders that tests speak of. Called inside a writing unit."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from dashboard import catalog, todos
from dashboard.crypto import blind_index
from dashboard.extensions import db
from dashboard.models import (
    Order,
    OrderSource,
    OrderStatus,
    PaymentStatus,
    Priority,
    Todo,
    TodoCategory,
    User,
    UserState,
)
from dashboard.rights import Role
from tests.conftest import NOW

_numbers = itertools.count(1)
PRICE_CENTS = catalog.service("npi-revalidation").price_cents


def person(name: str = "Demo Fulfiller", role: Role = Role.FULFILLMENT) -> User:
    """An active account, flushed."""
    email = f"person{next(_numbers)}@example.test"
    user = User(name=name, email=email, role=role, state=UserState.ACTIVE, created_at=NOW)
    user.email_index = blind_index(email, purpose="users.email")
    db.session.add(user)
    db.session.flush()
    return user


def paid_order(slug: str = "npi-revalidation", **values: Any) -> Order:
    """A paid one-time order, in work, flushed."""
    number = f"CO-{next(_numbers):010d}"
    terms = {
        "price_cents": PRICE_CENTS,
        "amount_cents": PRICE_CENTS,
        "allowed_methods": ["card", "ach"],
        "entry_key": number,
    }
    state = {"status": OrderStatus.ACTIVE, "payment_status": PaymentStatus.PAID, "paid_at": NOW}
    times = {"created_at": NOW, "updated_at": NOW, "source": OrderSource.STAFF}
    order = Order(**{"order_number": number, "service_slug": slug, **terms, **state, **times, **values})
    db.session.add(order)
    db.session.flush()
    return order


def todo(order: Order | None = None, *, now: datetime = NOW, **values: Any) -> Todo:
    """An open todo: the fulfilment of `order`, or a plain task."""
    number = next(_numbers)
    told: dict[str, Any] = {
        "key": f"fulfil:{order.order_number}" if order else f"task:{number}",
        "title": f"Task {number}",
        "category": TodoCategory.FILING if order else TodoCategory.TASK,
        "priority": Priority.NORMAL,
        "due_at": now + timedelta(days=3),
        "service_slug": order.service_slug if order else None,
    }
    opened, _ = todos.open_once(order=order, now=now, **told | values)
    return opened
