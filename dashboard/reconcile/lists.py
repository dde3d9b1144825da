"""The first lists of the wall. A capability that comes later adds its own here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, String, cast, func, literal, select
from sqlalchemy.orm import Session

from dashboard import notifications
from dashboard.background import later
from dashboard.models import (
    AuditEvent,
    AuditLink,
    Job,
    JobState,
    Message,
    MessageState,
    Order,
    OrderStatus,
    PaymentStatus,
    Todo,
)
from dashboard.reconcile.shapes import Mending, WallList
from dashboard.rights import Permission
from dashboard.rows import locked

WATCHED = timedelta(days=90)
IN_WORK = (PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED)
UNSENT = (MessageState.FAILED, MessageState.UNKNOWN, MessageState.WAITING, MessageState.SENDING)


def paid_without_todo(by: datetime) -> Select[Any]:
    """Looks back 90 days, to stay quick over years of orders: somebody looks at the wall each day."""
    name = Order.order_number
    todo = select(Todo.id).where(Todo.order_id == Order.id, Todo.key == literal("fulfil:") + name).exists()
    paid = (Order.paid_at < by, Order.paid_at > by - WATCHED, Order.payment_status.in_(IN_WORK))
    wanted = (*paid, Order.status != OrderStatus.CANCELED, ~todo)
    return _rows(Order.id, name, name, Order.paid_at).where(*wanted)


def stuck_jobs(by: datetime) -> Select[Any]:
    since = func.coalesce(Job.lease_until, Job.run_after)
    ready = (Job.state == JobState.READY) & (Job.run_after < by)
    running = (Job.state == JobState.RUNNING) & (Job.lease_until < by)
    return _rows(Job.id, Job.kind, Job.kind, since).where(ready | running)


def failed_jobs(by: datetime) -> Select[Any]:
    label = Job.kind + literal(": ") + func.coalesce(Job.error_class, "no error")
    over = (Job.state == JobState.FAILED, Job.finished_at <= by)
    return _rows(Job.id, label, Job.kind, Job.finished_at).where(*over)


def unsent_messages(by: datetime) -> Select[Any]:
    state = cast(Message.state, String)
    label = func.replace(Message.kind, "_", " ") + literal(" (") + state + literal(")")
    wanted = (Message.state.in_(UNSENT), Message.created_at < by)
    return _rows(Message.id, label, state, Message.created_at).where(*wanted)


def unlinked_events(by: datetime) -> Select[Any]:
    linked = select(AuditLink.seq).where(AuditLink.event_id == AuditEvent.id).exists()
    newest = AuditEvent.id > func.coalesce(select(func.max(AuditLink.event_id)).scalar_subquery(), 0)
    wanted = (AuditEvent.at < by, newest, ~linked)
    return _rows(AuditEvent.id, AuditEvent.action, AuditEvent.action, AuditEvent.at).where(*wanted)


def _rows(id: Any, label: Any, name: Any, since: Any) -> Select[Any]:
    return select(id.label("id"), label.label("label"), name.label("name"), since.label("since"))


def dispatch_again(session: Session, order_id: int, now: datetime) -> None:
    """Ask for the order's dispatch once more; a live one is enough."""
    order = locked(Order, order_id, "order")
    number = order.order_number
    later("orders.dispatch", key=f"dispatch:{number}", order_number=number, order_id=order.id)


def send_again(session: Session, message_id: int, now: datetime) -> None:
    """Send the message once more, as the outbox would."""
    notifications.resend(locked(Message, message_id, "message"))


LISTS = (
    WallList(
        "paid-without-todo",
        "Paid orders without a todo",
        "paid 5 minutes ago or earlier, and no work was opened",
        timedelta(minutes=5),
        paid_without_todo,
        "/staff/orders/{name}",
        Mending("Dispatch again", permission=Permission.CHANGE_ORDERS, act=dispatch_again),
    ),
    WallList(
        "stuck-jobs",
        "Stuck jobs",
        "ready for 5 min and not taken, or running past its lease",
        timedelta(minutes=5),
        stuck_jobs,
        "/staff/jobs",
        Mending("See the workers", href="/staff/jobs#workers"),
    ),
    WallList(
        "failed-jobs",
        "Failed jobs",
        "a job that gave up; somebody retries or discards it",
        timedelta(),
        failed_jobs,
        "/staff/jobs",
        Mending("Retry or discard", href="/staff/jobs#failures"),
    ),
    WallList(
        "mail-not-sent",
        "Mail not sent",
        "a message that failed, waits or may not have arrived (15 min)",
        timedelta(minutes=15),
        unsent_messages,
        "/staff/outbox?state={name}#m{id}",
        Mending("Send again", permission=Permission.RESEND_MESSAGES, act=send_again),
    ),
    WallList(
        "unlinked-events",
        "Audit events not linked",
        "an audit event that no link holds (60 s)",
        timedelta(seconds=60),
        unlinked_events,
        "/staff/jobs",
        Mending("See the scheduler", href="/staff/jobs#workers"),
    ),
)
