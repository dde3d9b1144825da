"""The story of a todo in one list, newest first: events, notes, mails, jobs and documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from dashboard.audit import Action
from dashboard.extensions import db
from dashboard.models import AuditEvent, Job, Message, Order, Todo, TodoNote
from dashboard.todos.hands import Hands
from dashboard.web.access import me
from dashboard.web.filters import words

MOST = 200
SAID = {
    Action.TODO_OPENED: "Opened",
    Action.TODO_CLAIMED: "Claimed",
    Action.TODO_ASSIGNED: "Assigned",
    Action.TODO_CHANGED: "Changed",
    Action.TODO_COMPLETED: "Completed",
    Action.TODO_CANCELED: "Canceled",
    Action.TODO_REOPENED: "Opened again",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: `kind` is event, note, mail or job; `status` how far a mail or a job is."""

    at: datetime
    kind: str
    who: str
    text: str
    href: str | None = None
    status: str | None = None


def entries(todo: Todo, order: Order | None, people: Hands) -> list[Entry]:
    """At most 200 of each kind."""
    found = [*_events(todo, people), *_notes(todo, people), *_mails(todo, order), *_jobs(order)]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _events(todo: Todo, people: Hands) -> Iterator[Entry]:
    """A note's own event is left out: the note itself is there."""
    mine = (AuditEvent.object_type == Todo.__tablename__, AuditEvent.object_ref == todo.ref)
    told = select(AuditEvent).where(*mine, AuditEvent.action != Action.TODO_COMMENTED.value)
    for event in db.session.scalars(told.order_by(AuditEvent.id.desc()).limit(MOST)):
        yield Entry(event.at, "event", _who(event.actor, people), _text(event, people))


def _who(actor: str, people: Hands) -> str:
    if actor == me().ref:
        return "you"
    return people.by_ref.get(actor, "system")


def _text(event: AuditEvent, people: Hands) -> str:
    """ "Changed: status, priority, pending to waiting": the act and what it changed, in words."""
    changes = json.loads(event.changes or "{}")
    head = SAID.get(Action(event.action), words(event.action))
    if event.reason:
        head = words(event.reason)
    parts = list(_parts(changes, people))
    return f"{head}: {', '.join(parts)}" if parts else head


def _parts(changes: dict[str, Any], people: Hands) -> Iterator[str]:
    if changes.get("fields"):
        yield ", ".join(words(name).lower().replace(" at", " date") for name in changes["fields"])
    if changes.get("to_status"):
        yield f"{words(changes['from_status']).lower()} to {words(changes['to_status']).lower()}"
    if "to_user" in changes and len(changes) > 1:
        yield f"to {people.names.get(changes['to_user'], 'nobody')}"


def _notes(todo: Todo, people: Hands) -> Iterator[Entry]:
    kept = select(TodoNote).where(TodoNote.todo_id == todo.id).order_by(TodoNote.id.desc()).limit(MOST)
    for note in db.session.scalars(kept):
        who = "you" if note.author_id == me().user_id else people.names.get(note.author_id, "Unknown")
        yield Entry(note.created_at, "note", who, note.body or "")


def _mails(todo: Todo, order: Order | None) -> Iterator[Entry]:
    about = (
        or_(Message.todo_id == todo.id, Message.order_id == order.id) if order else Message.todo_id == todo.id
    )
    for mail in db.session.scalars(select(Message).where(about).order_by(Message.id.desc()).limit(MOST)):
        at = mail.sent_at or mail.created_at
        yield Entry(
            at,
            "mail",
            "system",
            f"{words(mail.channel)}: {words(mail.kind).lower()}",
            status=mail.state.value,
        )


def _jobs(order: Order | None) -> Iterator[Entry]:
    if order is None:
        return
    asked = select(Job).where(Job.order_number == order.order_number).order_by(Job.id.desc()).limit(MOST)
    for job in db.session.scalars(asked):
        yield Entry(
            job.finished_at or job.created_at, "job", "system", f"Job {job.kind}", status=job.state.value
        )
