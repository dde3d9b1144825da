"""The story of an order in one list, newest first: its events and its todos', its messages, its jobs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from sqlalchemy import or_, select

from dashboard.extensions import db
from dashboard.models import AuditEvent, Job, Message, Order, Todo
from dashboard.notifications import label_of
from dashboard.todos.hands import Hands
from dashboard.web.access import me
from dashboard.web.filters import words
from dashboard.web.staff.shapes import todo_href
from dashboard.web.staff.timeline import MOST, Entry


def entries(
    order: Order, todos: Sequence[Todo], messages: Sequence[Message], jobs: Sequence[Job], people: Hands
) -> list[Entry]:
    """At most 200 events, and everything that was handed in."""
    found = [*events(order, todos, people), *map(of_message, messages), *map(of_job, jobs)]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def events(order: Order, todos: Sequence[Todo], people: Hands) -> Iterator[Entry]:
    hrefs = {todo.ref: todo_href(todo.id) for todo in todos}
    of_order = (AuditEvent.object_type == Order.__tablename__) & (AuditEvent.object_ref == order.order_number)
    of_todos = (AuditEvent.object_type == Todo.__tablename__) & AuditEvent.object_ref.in_(list(hrefs))
    told = select(AuditEvent).where(or_(of_order, of_todos)).order_by(AuditEvent.id.desc()).limit(MOST)
    for event in db.session.scalars(told):
        href = hrefs.get(event.object_ref or "")
        yield Entry(event.at, "event", who(event.actor, people), said(event), href)


def who(actor: str, people: Hands) -> str:
    if actor == me().ref:
        return "you"
    return people.by_ref.get(actor, "client" if actor == "visitor" else "system")


def said(event: AuditEvent) -> str:
    """ "Order changed: pending to active, paid": the act, its reason, and what it changed, in words."""
    changes = json.loads(event.changes or "{}")
    reason = [event.reason] if event.reason else []
    return ": ".join([words(event.action), ", ".join([*reason, *parts(changes)])]).removesuffix(": ")


def parts(changes: dict[str, object]) -> Iterator[str]:
    """Each change; states as "from to to", everything that has no words of its own left out."""
    if isinstance(changes.get("fields"), list):
        yield ", ".join(plain(name) for name in changes["fields"])  # type: ignore[attr-defined]
    before, after = changes.get("from_status"), changes.get("status", changes.get("to_status"))
    if before:
        yield f"{plain(before)} to {plain(after)}" if after else f"was {plain(before)}"
    for name in ("payment_status", "cause", "service", "source"):
        if changes.get(name):
            yield plain(changes[name])


def plain(word: object) -> str:
    return str(word).replace("_", " ")


def of_message(message: Message) -> Entry:
    text = f"{words(message.channel)}: {label_of(message)}"
    at = message.sent_at or message.created_at
    return Entry(at, "mail", "system", text, "/staff/outbox", message.state.value)


def of_job(job: Job) -> Entry:
    return Entry(job.finished_at or job.created_at, "job", "system", f"Job {job.kind}", None, job.state.value)
