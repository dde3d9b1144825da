"""The staff pages."""

from __future__ import annotations

from dashboard.web.staff import (  # noqa: F401 - more of the orders' pages
    bulk,
    offices,
    order_acts,
    order_entry,
    order_intake,
    orders,
    outbox,
    people,
    services,
    today,
    todo,
)

BLUEPRINTS = (today.bp, todo.bp, bulk.bp, people.bp, orders.bp, outbox.bp, services.bp, offices.bp)
