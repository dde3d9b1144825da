"""Opening a todo: each fact asks for one once, however often it is told (spec FUL-10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dashboard import audit, notifications
from dashboard.audit import Action
from dashboard.models import Order, Priority, Todo, TodoCategory
from dashboard.rows import added_once


def open_once(
    *,
    key: str,
    title: str,
    category: TodoCategory,
    priority: Priority | str,
    due_at: datetime,
    now: datetime,
    order: Order | None = None,
    service_slug: str | None = None,
    npi: str | None = None,
    description: str = "",
    data: Mapping[str, Any] | None = None,
    checklist: Sequence[Mapping[str, Any]] = (),
    intake_incomplete: bool = False,
    recurring_invoice_id: str | None = None,
    assignee: int | None = None,
) -> tuple[Todo, bool]:
    """The todo of this fact, and whether it is new; a new one is audited and announced to the staff.

    `key` names the fact (`fulfil:<order number>`). `checklist` items are `{"key", "label", "done", "help"}`,
    `due_at` and `now` UTC, `assignee` a user's id. A todo that exists already is returned as it stands.
    """
    draft = Todo(
        key=key,
        title=title,
        category=category,
        priority=Priority(priority),
        order_id=order.id if order else None,
        order_number=order.order_number if order else None,
        npi=npi,
        service_slug=service_slug,
        recurring_invoice_id=recurring_invoice_id,
        description=description,
        data=None if data is None else dict(data),
        intake_incomplete=intake_incomplete,
        assignee_id=assignee,
        due_at=due_at,
        checklist=[dict(item) for item in checklist],
        created_at=now,
        updated_at=now,
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
