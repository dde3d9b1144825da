"""The staff pages."""

from __future__ import annotations

from dashboard.web.staff import (  # noqa: F401 - order_* and todo add pages to another's blueprint
    audit,
    bulk,
    documents,
    go,
    jobs,
    offices,
    order_acts,
    order_entry,
    order_intake,
    orders,
    outbox,
    people,
    queue,
    services,
    today,
    todo,
    wall,
)

BLUEPRINTS = (
    audit.bp,
    bulk.bp,
    documents.bp,
    go.bp,
    jobs.bp,
    offices.bp,
    orders.bp,
    outbox.bp,
    people.bp,
    queue.bp,
    services.bp,
    today.bp,
    wall.bp,
)
