"""Saving what a person changed on a todo: only over the version that was shown (spec FUL-11)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from dashboard import audit, rows
from dashboard.audit import Action
from dashboard.errors import StaleVersion
from dashboard.extensions import db
from dashboard.models import Order, Priority, Todo, TodoStatus
from dashboard.todos.claims import assign, must_be_workable, worked_on


@dataclass(frozen=True, slots=True)
class Change:
    """What the details form says now; `due_at` is UTC. None leaves a field as it is."""

    status: TodoStatus | None = None
    priority: Priority | None = None
    due_at: datetime | None = None


def locked(todo_id: int) -> Todo:
    """The todo with its order, held until the unit ends: first the order's row, then the todo's.

    Raises:
        NotFound: there is no such todo.
    """
    order_id = db.session.scalar(select(Todo.order_id).where(Todo.id == todo_id))
    if order_id is not None:
        rows.locked(Order, order_id, "order")
    return rows.locked(Todo, todo_id, "todo")


def at_version(todo: Todo, version: int) -> None:
    """Refuse to write over what somebody else saved since.

    Raises:
        StaleVersion: the todo is at another version.
    """
    if todo.version != version:
        raise StaleVersion("todo")


def edit(todo: Todo, change: Change, *, version: int, by: int, now: datetime) -> None:
    """Save status, priority and due date; what is the same leaves no trace.

    Raises:
        StaleVersion: somebody saved it since.
        AlreadyClaimed: somebody other than `by` holds it.
        TodoClosed: it is done or canceled.
    """
    at_version(todo, version)
    must_be_workable(todo, by=by, now=now)
    told = {"status": change.status, "priority": change.priority, "due_at": change.due_at}
    fields = [name for name, value in told.items() if value not in {None, getattr(todo, name)}]
    if not fields:
        return
    before = todo.status
    for name in fields:
        setattr(todo, name, told[name])
    moved = {"from_status": before.value, "to_status": todo.status.value} if "status" in fields else {}
    audit.record(Action.TODO_CHANGED, todo, changes={"fields": fields, **moved})
    worked_on(todo, by=by, now=now)


def edit_and_assign(
    todo: Todo, change: Change, to: int | None, *, version: int, by: int, now: datetime
) -> None:
    """Save the whole details form: the fields, then whom it belongs to. Raises what `edit` raises."""
    edit(todo, change, version=version, by=by, now=now)
    assign(todo, to, by=by, now=now)


def tick(todo: Todo, ticked: Collection[str], *, version: int, by: int, now: datetime) -> None:
    """Save the checklist: the items whose keys are in `ticked` are done, the others are not.

    Raises:
        StaleVersion: somebody saved it since.
        AlreadyClaimed: somebody other than `by` holds it.
        TodoClosed: it is done or canceled.
    """
    at_version(todo, version)
    must_be_workable(todo, by=by, now=now)
    todo.checklist = [{**item, "done": item["key"] in ticked} for item in todo.checklist]
    audit.record(Action.TODO_CHANGED, todo, changes={"fields": ["checklist"]})
    worked_on(todo, by=by, now=now)
