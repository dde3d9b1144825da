"""Completing, canceling, reopening; the order follows in the same transaction (FUL-07, FUL-08, FUL-11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from dashboard import audit
from dashboard.audit import Action
from dashboard.catalog import BY_SLUG
from dashboard.errors import Invalid
from dashboard.extensions import db
from dashboard.intake import SurrogateAccess
from dashboard.models import Order, OrderStatus, Todo, TodoCategory, TodoStatus
from dashboard.todos.changes import at_version
from dashboard.todos.claims import must_be_workable
from dashboard.todos.days import LOCK
from dashboard.todos.errors import NotReady, TodoOpen
from dashboard.todos.notes import add_note

NO_TRACKING = "Give the agency's tracking ID, or the reason why there is none."


def complete(
    todo: Todo, *, version: int, tracking_id: str | None, reason: str | None, by: int, now: datetime
) -> None:
    """Mark the todo done and, where it fulfils a one-time order, the order completed.

    Raises:
        StaleVersion: somebody saved it since.
        AlreadyClaimed: somebody other than `by` holds it.
        TodoClosed: it is done or canceled already.
        NotReady: checklist items are open.
        Invalid: it was filed online, and there is neither a tracking id nor a reason.
    """
    at_version(todo, version)
    must_be_workable(todo, by=by, now=now)
    if blocks := list(blocked_by(todo)):
        raise NotReady(blocks)
    if is_filed_online(todo) and not (tracking_id or reason):
        raise Invalid("tracking_id", NO_TRACKING)
    todo.tracking_id = tracking_id or None
    told = {"from_status": todo.status.value, "tracking": bool(tracking_id)}
    audit.record(Action.TODO_COMPLETED, todo, changes=told)
    _close(todo, TodoStatus.DONE, reason, by, now)
    _move_order(todo, OrderStatus.ACTIVE, OrderStatus.COMPLETED, now)


def cancel(todo: Todo, *, version: int, reason: str, by: int, now: datetime) -> None:
    """Close the todo undone; the order stays as it is.

    Raises:
        StaleVersion: somebody saved it since.
        AlreadyClaimed: somebody other than `by` holds it.
        TodoClosed: it is done or canceled already.
    """
    at_version(todo, version)
    must_be_workable(todo, by=by, now=now)
    audit.record(Action.TODO_CANCELED, todo, changes={"from_status": todo.status.value})
    _close(todo, TodoStatus.CANCELED, reason, by, now)


def reopen(todo: Todo, *, version: int, reason: str | None, by: int, now: datetime) -> None:
    """Open a closed todo again, with its assignee, and put the order it had completed back to active.

    Raises:
        StaleVersion: somebody saved it since.
        TodoOpen: it is open.
    """
    at_version(todo, version)
    if todo.is_open:
        raise TodoOpen
    audit.record(Action.TODO_REOPENED, todo, changes={"from_status": todo.status.value})
    if todo.status is TodoStatus.DONE:
        _move_order(todo, OrderStatus.COMPLETED, OrderStatus.ACTIVE, now)
    todo.status = TodoStatus.IN_PROGRESS if todo.assignee_id else TodoStatus.PENDING
    todo.finished_at = todo.finished_by = todo.outcome_note = None
    todo.claimed_until = now + LOCK if todo.assignee_id == by else None
    _say(todo, reason, by, now)


def blocked_by(todo: Todo) -> Iterator[str]:
    """Sentences why the todo cannot be completed now; none when it can (FUL-07, FUL-08)."""
    count = len(todo.open_items)
    if count:
        yield "1 checklist item is open." if count == 1 else f"{count} checklist items are open."


def is_filed_online(todo: Todo) -> bool:
    """Whether the work ends in an agency's portal, which gives a tracking id (FUL-08).

    So it is for every service that has an online way, unless the client refused surrogate access: then the
    form goes by mail.
    """
    service = BY_SLUG.get(todo.service_slug or "")
    if todo.category is not TodoCategory.FILING or service is None or not service.access_expedited:
        return False
    return (todo.data or {}).get("surrogate_access") != SurrogateAccess.NO


def _close(todo: Todo, status: TodoStatus, reason: str | None, by: int, now: datetime) -> None:
    todo.status = status
    todo.assignee_id = todo.assignee_id or by
    todo.claimed_until = None
    todo.finished_at, todo.finished_by = now, by
    todo.outcome_note = reason or None
    _say(todo, reason, by, now)


def _say(todo: Todo, reason: str | None, by: int, now: datetime) -> None:
    todo.updated_at = now
    if reason:
        add_note(todo, reason, by=by, now=now)


def _move_order(todo: Todo, before: OrderStatus, after: OrderStatus, now: datetime) -> None:
    """Take a one-time order along with the todo that fulfils it; a subscription goes on by itself."""
    order = (
        db.session.get(Order, todo.order_id)
        if todo.category is TodoCategory.FILING and todo.order_id
        else None
    )
    if order is None or order.billing_interval or order.status is not before:
        return
    told = {"from_status": before.value, "status": after.value, "cause": "todo"}
    audit.record(Action.ORDER_CHANGED, order, changes=told)
    order.status, order.updated_at = after, now
