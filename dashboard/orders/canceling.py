"""Ending an order before it is done (spec CHK-05, CHK-07)."""

from __future__ import annotations

from datetime import datetime

from dashboard import audit, notifications
from dashboard.audit import Action
from dashboard.models import Order, OrderSource, OrderStatus, Todo, TodoStatus
from dashboard.orders import bundle, fulfillment, states, terms


def cancel(order: Order, *, cause: str, now: datetime, by: int | None = None) -> bool:
    """Cancel an order and what it spawned, stop its open work, and confirm it to the client by mail.

    `cause` is a short code, `by` an account's id or None. A recurring order ends with the period that was
    paid, so its open work goes on. Says whether anything changed: canceling twice is canceling once.

    Raises:
        TransitionRefused: it names both states.
    """
    if order.status is OrderStatus.CANCELED:
        return False
    before = order.status
    order.status = states.next_status(order.status, OrderStatus.CANCELED)
    order.canceled_at, order.cancel_cause, order.updated_at = now, cause, now
    told = {"from_status": before.value, "status": order.status.value, "cause": cause}
    audit.record(Action.ORDER_CHANGED, order, changes=told)
    stop_work(order, now, by)
    confirm(order, now)
    for spawned in bundle.spawned_by(order):
        if states.may_be_canceled(spawned.status):
            cancel(spawned, cause=cause, now=now, by=by)
    return True


def stop_work(order: Order, now: datetime, by: int | None) -> None:
    """Close the order's open fulfilment todos, whoever holds them."""
    if order.billing_interval is not None and order.paid_at is not None:
        return
    for todo in fulfillment.open_todos(order):
        stop(todo, now, by)


def stop(todo: Todo, now: datetime, by: int | None) -> None:
    told = {"from_status": todo.status.value}
    audit.record(Action.TODO_CANCELED, todo, reason="order canceled", changes=told)
    todo.status, todo.claimed_until = TodoStatus.CANCELED, None
    todo.finished_at, todo.finished_by, todo.updated_at = now, by, now


def confirm(order: Order, now: datetime) -> None:
    """Mail the client that it is canceled; a bundle's mail speaks for what it spawned."""
    to = order.customer_email or terms.intake_of(order).email
    if to and order.source is not OrderSource.BUNDLE:
        key = f"canceled:{order.order_number}"
        notifications.tell("cancel_confirmation", to=to, key=key, now=now, order=order)
