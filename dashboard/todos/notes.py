"""A person's words about a todo: plain text, sealed, shown in its timeline."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from dashboard import audit
from dashboard.audit import Action
from dashboard.extensions import db
from dashboard.models import Todo, TodoNote
from dashboard.todos.days import LOCK


def note(todo: Todo, text: str, *, by: int, now: datetime) -> TodoNote:
    """Keep a note. It extends one's own claim, and leaves the version alone: an open form stays savable."""
    audit.record(Action.TODO_COMMENTED, todo)
    mine = update(Todo).where(Todo.id == todo.id, Todo.assignee_id == by, Todo.claimed_until > now)
    db.session.execute(
        mine.values(claimed_until=now + LOCK), execution_options={"synchronize_session": False}
    )
    return add_note(todo, text, by=by, now=now)


def add_note(todo: Todo, text: str, *, by: int, now: datetime) -> TodoNote:
    """The words that come with an act; the act has its own audit event."""
    kept = TodoNote(todo_id=todo.id, author_id=by, body=text.strip(), created_at=now)
    db.session.add(kept)
    return kept
