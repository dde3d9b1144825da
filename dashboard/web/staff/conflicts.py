"""What somebody sees who came second: who won a claim, or both values of what two people saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy import select

from dashboard.errors import DomainError
from dashboard.extensions import db
from dashboard.models import AuditEvent, Todo
from dashboard.rights import Permission
from dashboard.rows import found
from dashboard.todos import AlreadyClaimed, day_of, lists
from dashboard.todos.hands import Hands, hands
from dashboard.unit import plain, reading
from dashboard.web.access import me
from dashboard.web.filters import when
from dashboard.web.pages import page
from dashboard.web.staff.shapes import came_from, rows_of, today, todo_href, zone

CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form that was sent: what was typed, and what is saved now."""

    name: str
    label: str
    value: str
    mine: str
    theirs: str
    choices: list[tuple[str, str]] | None
    long: bool

    @property
    def changed(self) -> bool:
        return self.mine != self.theirs


def row(todo_id: int, announce: str | None) -> str:
    """The row of a list as it is now."""
    with reading():
        people = hands()
        now = plain(lists.ROW.where(Todo.id == todo_id)).all()
    may_work = me().may(Permission.WORK_QUEUE)
    return page(
        "staff/queue.html",
        fragment="row",
        row=rows_of(now, people.names)[0],
        today=today(),
        may_work=may_work,
        announce=announce,
    )


def refused(todo_id: int, no: DomainError, *, from_list: bool) -> ResponseReturnValue:
    """409 with one sentence: who was first, or that it is closed."""
    with reading():
        todo, reason = found(Todo, todo_id, "todo"), _sentence(no, hands())
    if from_list:
        return row(todo_id, reason), CONFLICT
    return _page(todo, reason=reason, fields=[]), CONFLICT


def _sentence(no: DomainError, people: Hands) -> str:
    """People are told the name that an error never holds."""
    if not isinstance(no, AlreadyClaimed):
        return str(no)
    return f"{people.names.get(no.user_id, 'Somebody else')} has claimed it until {when(no.until, zone())}."


def stale(todo_id: int, form: FlaskForm | None) -> ResponseReturnValue:
    """409 with each field twice: as typed and as saved since."""
    with reading():
        todo, people = found(Todo, todo_id, "todo"), hands()
        who = db.session.scalar(_last_change(todo))
    fields = _fields(todo, form, people)
    reason = None if fields else "Somebody else changed it while you had it open. Look at it, then try again."
    changed_by = people.by_ref.get(who or "")
    return _page(todo, reason=reason, fields=fields, changed_by=changed_by), CONFLICT


def _last_change(todo: Todo) -> Any:
    mine = (AuditEvent.object_type == Todo.__tablename__, AuditEvent.object_ref == todo.ref)
    return select(AuditEvent.actor).where(*mine).order_by(AuditEvent.id.desc()).limit(1)


def _page(todo: Todo, *, reason: str | None, fields: list[Field], changed_by: str | None = None) -> str:
    return page(
        "staff/conflict.html",
        fragment="conflict",
        what="This todo",
        object_href=todo_href(todo.id),
        changed_by=changed_by,
        changed_at=todo.updated_at,
        fields=fields,
        action=request.path,
        version=todo.version,
        reason=reason,
        next=came_from(),
    )


def _fields(todo: Todo, form: FlaskForm | None, people: Hands) -> list[Field]:
    shown = (
        []
        if form is None
        else [field for field in form if field.type not in {"HiddenField", "CSRFTokenField"}]
    )
    return [_field(field, _saved(todo, field.name)) for field in shown if field.name != "item"]


def _field(field: Any, saved: str) -> Field:
    choices = list(dict(field.choices).items()) if hasattr(field, "choices") else None
    typed = field.data.isoformat() if hasattr(field.data, "isoformat") else str(field.data or "")
    words = dict(choices or [])
    return Field(
        name=field.name,
        label=field.label.text,
        value=typed,
        mine=words.get(typed, typed),
        theirs=words.get(saved, saved),
        choices=choices,
        long=field.type == "TextAreaField",
    )


def _saved(todo: Todo, name: str) -> str:
    """What the todo holds now under the name of a form's field."""
    saved = {
        "status": todo.status.value,
        "priority": todo.priority.value,
        "due_date": day_of(todo.due_at, zone()).isoformat(),
        "assignee": str(todo.assignee_id or ""),
        "tracking_id": todo.tracking_id or "",
        "reason": todo.outcome_note or "",
    }
    return saved.get(name, "")
