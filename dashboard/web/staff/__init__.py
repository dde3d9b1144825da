"""The staff pages."""

from __future__ import annotations

from dashboard.web.staff import (  # noqa: F401 - more of the orders' pages
    audit,
    bulk,
    jobs,
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
    wall,
)

BLUEPRINTS = (
    audit.bp,
    bulk.bp,
    jobs.bp,
    offices.bp,
    orders.bp,
    outbox.bp,
    people.bp,
    services.bp,
    today.bp,
    todo.bp,
    wall.bp,
)
