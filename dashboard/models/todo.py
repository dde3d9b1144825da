"""Todos: one person's task each, and the actions that touch many at once (spec FUL-03, FUL-10, FUL-11)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.crypto import sealed, sealed_json
from dashboard.extensions import Word
from dashboard.models.base import Model, Referenced


class TodoStatus(StrEnum):
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    DONE = "done"
    CANCELED = "canceled"

    @property
    def is_open(self) -> bool:
        return self in OPEN


OPEN = frozenset({TodoStatus.PENDING, TodoStatus.IN_PROGRESS, TodoStatus.WAITING})
IS_OPEN = text("status IN ('pending', 'in_progress', 'waiting')")
IS_UNCLAIMED = text("status IN ('pending', 'in_progress', 'waiting') AND assignee_id IS NULL")


def open_index(name: str, *columns: str) -> Index:
    """An index of open work only: closed todos are most of the table, and no daily list shows them."""
    return Index(f"ix_admin_todos_open_{name}", *columns, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)


class TodoCategory(StrEnum):
    FILING = "filing"
    SCREENING = "screening"
    BILLING = "billing"
    ALERT = "alert"
    TASK = "task"


class Priority(StrEnum):
    HIGH = "high"
    NORMAL = "normal"


class Todo(Referenced):
    """One task. `key` names the fact that asked for it, so the database lets each fact ask once."""

    __tablename__ = "admin_todos"
    __table_args__ = (
        Index("ix_admin_todos_due", "due_at", "id"),
        Index("ix_admin_todos_newest", "created_at", "id"),
        Index("ix_admin_todos_status", "status", "due_at", "id"),
        Index("ix_admin_todos_priority", "priority", "due_at", "id"),
        open_index("due", "due_at", "id"),
        open_index("newest", "created_at", "id"),
        open_index("priority", "priority", "due_at", "id"),
        open_index("assignee", "assignee_id", "due_at", "id"),
        open_index("service", "service_slug", "due_at", "id"),
        Index(
            "ix_admin_todos_unclaimed",
            "due_at",
            "id",
            sqlite_where=IS_UNCLAIMED,
            postgresql_where=IS_UNCLAIMED,
        ),
        Index("ix_admin_todos_npi", "npi", postgresql_ops={"npi": "varchar_pattern_ops"}),
        Index(
            "ix_admin_todos_order_number",
            "order_number",
            postgresql_ops={"order_number": "varchar_pattern_ops"},
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    title: Mapped[str]
    category: Mapped[TodoCategory] = mapped_column(Word(TodoCategory))
    priority: Mapped[Priority] = mapped_column(Word(Priority))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("compliance_orders.id"), index=True)
    order_number: Mapped[str | None] = mapped_column(String(20))
    npi: Mapped[str | None] = mapped_column(String(10))
    service_slug: Mapped[str | None] = mapped_column(String(60))
    recurring_invoice_id: Mapped[str | None] = mapped_column(String(255))
    _description: Mapped[bytes | None] = mapped_column("description")
    description = sealed("_description")
    _data: Mapped[bytes | None] = mapped_column("data")
    data = sealed_json("_data")
    intake_incomplete: Mapped[bool] = mapped_column(default=False)
    status: Mapped[TodoStatus] = mapped_column(Word(TodoStatus), default=TodoStatus.PENDING)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    claimed_until: Mapped[datetime | None]
    due_at: Mapped[datetime]
    checklist: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    tracking_id: Mapped[str | None] = mapped_column(String(80))
    _outcome_note: Mapped[bytes | None] = mapped_column("outcome_note")
    outcome_note = sealed("_outcome_note")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    finished_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_open(self) -> bool:
        return self.status.is_open

    @property
    def open_items(self) -> list[str]:
        """The labels of the checklist that nobody has ticked yet."""
        return [item["label"] for item in self.checklist if not item["done"]]


class TodoNote(Referenced):
    """A person's words about a todo: plain text, sealed, never edited."""

    __tablename__ = "todo_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    todo_id: Mapped[int] = mapped_column(ForeignKey("admin_todos.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    _body: Mapped[bytes | None] = mapped_column("body")
    body = sealed("_body")
    created_at: Mapped[datetime]


class BulkState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


class BulkAction(Referenced):
    """One action asked for on many todos; each row of it says how it went."""

    __tablename__ = "bulk_actions"

    id: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(String(20))
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    asked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    state: Mapped[BulkState] = mapped_column(Word(BulkState), default=BulkState.WAITING)
    total: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class BulkRow(Model):
    """One todo of a bulk action: waiting, done or refused, and why."""

    __tablename__ = "bulk_action_rows"
    __table_args__ = (Index("ix_bulk_action_rows_bulk", "bulk_action_id", "outcome", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bulk_action_id: Mapped[int] = mapped_column(ForeignKey("bulk_actions.id"))
    todo_id: Mapped[int] = mapped_column(ForeignKey("admin_todos.id"))
    outcome: Mapped[str] = mapped_column(String(20), default="waiting")
    reason: Mapped[str | None] = mapped_column(String(200))
