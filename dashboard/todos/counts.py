"""The numbers around a list, in one statement: what each view holds, failed jobs, and the newest change.

The statement is built once; each request only binds who is reading and since when it is today. All else is
written out: PostgreSQL plans a parameter for the usual value, and then walks all events for a rare act.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal, literal_column, select, union_all

from dashboard.audit import Action
from dashboard.capped import how_many
from dashboard.extensions import UtcDateTime, db
from dashboard.models import AuditEvent, Job, JobState, Todo
from dashboard.models.todo import IS_OPEN
from dashboard.todos import keyset
from dashboard.todos.lists import IS_WAITING, Filter, Reader, capped
from dashboard.unit import plain

ACTS = tuple(action for action in Action if action.name.startswith("TODO_"))
ME = bindparam("me", type_=Todo.__table__.c.id.type)
TODAY = bindparam("today", type_=UtcDateTime())


@dataclass(frozen=True, slots=True)
class Counts:
    """Capped at 1,001, `views` by name. `stamp`: the newest audit event about a todo, or 0."""

    views: dict[str, int]
    total: int
    jobs_failed: int
    stamp: int


def _newest() -> Any:
    """One look at the index for each act: the events of all else may be millions."""
    newest = select(func.max(AuditEvent.id).label("id"))
    each = [newest.where(AuditEvent.action == literal(act.value, literal_execute=True)) for act in ACTS]
    return select(func.coalesce(func.max(union_all(*each).subquery().c.id), literal_column("0")))


def _failed_jobs() -> Any:
    state = literal(JobState.FAILED.value, literal_execute=True)
    return how_many(Job, Job.state == state)


VIEW_COUNTS = {
    "my": capped(IS_OPEN, Todo.assignee_id == ME),
    "unclaimed": capped(IS_OPEN, Todo.assignee_id.is_(None)),
    "overdue": capped(IS_OPEN, Todo.due_at < TODAY),
    "signature": capped(IS_WAITING),
    "open": capped(IS_OPEN),
    "all": capped(),
}
NEWEST = _newest()
ALL = select(
    *(count.scalar_subquery().label(name) for name, count in VIEW_COUNTS.items()),
    _failed_jobs().scalar_subquery().label("jobs_failed"),
    NEWEST.scalar_subquery().label("stamp"),
)


def counts(
    reader: Reader, asked: Filter, meets: list[ColumnElement[bool]], found: keyset.Page | None = None
) -> Counts:
    """Every number around the list, and how many todos it has itself, in one statement.

    A list that was `found` whole on its one page is not counted again.
    """
    known = len(found.rows) if found and found.is_whole else None
    is_told = asked.is_plain or known is not None
    asks = ALL if is_told else ALL.add_columns(capped(*meets).scalar_subquery().label("total"))
    row = plain(asks, _bound(reader)).one()._mapping
    views = {name: row[name] for name in VIEW_COUNTS}
    total = views[asked.view] if asked.is_plain else row["total"] if known is None else known
    return Counts(views, total, row["jobs_failed"], row["stamp"])


def stamp() -> int:
    """The id of the newest audit event about a todo: as long as it stays, no list of todos has changed."""
    return int(db.session.scalar(NEWEST) or 0)


def opened_since(event_id: int, meets: list[ColumnElement[bool]]) -> int:
    """How many todos of a list were opened after this audit event, to 1,001."""
    opened = select(AuditEvent.object_ref).where(
        AuditEvent.action == Action.TODO_OPENED.value, AuditEvent.id > event_id
    )
    return int(db.session.scalar(capped(Todo.ref.in_(opened), *meets)) or 0)


def _bound(reader: Reader) -> dict[str, int | datetime]:
    return {"me": reader.user_id, "today": reader.midnight()}
