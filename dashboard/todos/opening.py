"""Opening a todo: each fact asks for one once, however often it is told (spec FUL-10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Required, TypedDict, Unpack

from dashboard import audit, notifications
from dashboard.audit import Action
from dashboard.models import Order, Priority, Todo, TodoCategory
from dashboard.rows import added_once


class Told(TypedDict, total=False):
    """What a todo may be told; `due_at` is UTC, `checklist` items are `{"key", "label", "done", "help"}`."""

    title: Required[str]
    category: Required[TodoCategory]
    priority: Required[Priority | str]
    due_at: Required[datetime]
    service_slug: str | None
    npi: str | None
    description: str
    data: dict[str, Any] | None
    checklist: Sequence[Mapping[str, Any]]
    intake_incomplete: bool
    recurring_invoice_id: str | None


def open_once(
    *, key: str, now: datetime, order: Order | None = None, assignee: int | None = None, **told: Unpack[Told]
) -> tuple[Todo, bool]:
    """The todo of this fact, and whether it is new; a new one is audited and announced to the staff.

    `key` names the fact (`fulfil:<order number>`), `assignee` is a user's id, `now` UTC. A todo that exists
    already is returned as it stands.
    """
    draft = Todo(
        key=key,
        order_id=order.id if order else None,
        order_number=order.order_number if order else None,
        assignee_id=assignee,
        created_at=now,
        updated_at=now,
        **told,
    )
    todo, is_new = added_once(draft, by="key")
    if is_new:
        _tell(todo)
    return todo, is_new


def _tell(todo: Todo) -> None:
    told = {"key": todo.key, "category": todo.category.value, "priority": todo.priority.value}
    cycle = {"cycle": todo.recurring_invoice_id} if todo.recurring_invoice_id else {}
    audit.record(Action.TODO_OPENED, todo, changes=told | cycle)
    notifications.announce(todo)
