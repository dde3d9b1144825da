"""Who works on a todo: a claim locks it for two hours, and work on it extends the claim (spec FUL-11)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, or_, select, update

from dashboard import audit
from dashboard.audit import Action
from dashboard.errors import NotFound
from dashboard.extensions import db
from dashboard.models import Todo, TodoStatus
from dashboard.models.todo import IS_OPEN
from dashboard.todos.days import LOCK
from dashboard.todos.errors import AlreadyClaimed, NothingToClaim, TodoClosed
from dashboard.todos.notes import add_note

FRESH = {"synchronize_session": False, "populate_existing": True}


def claim(todo_id: int, *, by: int, now: datetime) -> Todo:
    """Take the todo for the user `by`; of two people who ask at once, one wins.

    Raises:
        AlreadyClaimed: somebody else holds it; says who and until when.
        TodoClosed: it is done or canceled.
        NotFound: there is no such todo.
    """
    begun = case((Todo.status == TodoStatus.PENDING, TodoStatus.IN_PROGRESS.value), else_=Todo.status)
    free = or_(
        Todo.assignee_id.is_(None),
        Todo.assignee_id == by,
        Todo.claimed_until.is_(None),
        Todo.claimed_until <= now,
    )
    taking = (
        update(Todo)
        .where(Todo.id == todo_id, IS_OPEN, free)
        .values(
            assignee_id=by, claimed_until=now + LOCK, status=begun, updated_at=now, version=Todo.version + 1
        )
    )
    won = db.session.scalars(taking.returning(Todo), execution_options=FRESH).first()
    if won is None:
        raise _why_not(todo_id)
    audit.record(Action.TODO_CLAIMED, won, changes={"to_user": by})
    return won


def claim_next(*, by: int, now: datetime) -> Todo:
    """Take the most urgent todo that nobody has: high priority first, then by due date.

    Raises:
        NothingToClaim: every open todo has an assignee.
    """
    urgent = select(Todo.id).where(IS_OPEN, Todo.assignee_id.is_(None))
    urgent = urgent.order_by(Todo.priority, Todo.due_at, Todo.id).limit(1).with_for_update(skip_locked=True)
    todo_id = db.session.scalar(urgent)
    if todo_id is None:
        raise NothingToClaim
    return claim(todo_id, by=by, now=now)


def take_over(todo: Todo, *, reason: str, by: int, now: datetime) -> None:
    """Take the todo from whoever holds it; the reason stays as a note.

    Raises:
        TodoClosed: it is done or canceled.
    """
    must_be_open(todo)
    audit.record(Action.TODO_CLAIMED, todo, reason="taken over", changes=_moved(todo, by))
    add_note(todo, reason, by=by, now=now)
    _give(todo, by, now)


def assign(todo: Todo, to: int | None, *, by: int, now: datetime) -> None:
    """Give the todo to a user, or to nobody; the one who gets it holds the claim.

    Raises:
        AlreadyClaimed: somebody other than `by` holds it.
        TodoClosed: it is done or canceled.
    """
    must_be_workable(todo, by=by, now=now)
    if todo.assignee_id == to:
        return
    audit.record(Action.TODO_ASSIGNED, todo, changes=_moved(todo, to))
    _give(todo, to, now)


def release(todo: Todo, *, by: int, now: datetime) -> None:
    """Give the todo back to everybody; begun work is pending again.

    Raises:
        AlreadyClaimed: somebody other than `by` holds it.
        TodoClosed: it is done or canceled.
    """
    assign(todo, None, by=by, now=now)
    if todo.status is TodoStatus.IN_PROGRESS:
        todo.status = TodoStatus.PENDING


def must_be_workable(todo: Todo, *, by: int, now: datetime) -> None:
    """Refuse to change what is closed, or what somebody else holds."""
    must_be_open(todo)
    if is_held(todo, by=by, now=now):
        raise _held(todo)


def must_be_open(todo: Todo) -> None:
    """Refuse what is done or canceled."""
    if not todo.is_open:
        raise TodoClosed


def is_held(todo: Todo, *, by: int, now: datetime) -> bool:
    """Whether somebody other than `by` has a claim that still runs."""
    return todo.assignee_id not in {None, by} and todo.claimed_until is not None and todo.claimed_until > now


def worked_on(todo: Todo, *, by: int, now: datetime) -> None:
    """Work extends one's own claim."""
    todo.updated_at = now
    if todo.assignee_id == by:
        todo.claimed_until = now + LOCK


def _give(todo: Todo, to: int | None, now: datetime) -> None:
    todo.assignee_id = to
    todo.claimed_until = None if to is None else now + LOCK
    todo.updated_at = now


def _moved(todo: Todo, to: int | None) -> dict[str, int | None]:
    return {"from_user": todo.assignee_id, "to_user": to}


def _why_not(todo_id: int) -> Exception:
    todo = db.session.get(Todo, todo_id, populate_existing=True)
    if todo is None:
        return NotFound("todo")
    return _held(todo) if todo.is_open else TodoClosed()


def _held(todo: Todo) -> AlreadyClaimed:
    assert todo.assignee_id is not None
    assert todo.claimed_until is not None
    return AlreadyClaimed(todo.assignee_id, todo.claimed_until)
