"""The queue as a list: views, filters and the conditions behind them, rows and counts (spec FUL-11).

A filter is what the URL says, and nothing else: the same URL is the same list. `now` and the firm's zone make
days of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, select, text

from dashboard.capped import ONE, length
from dashboard.extensions import db
from dashboard.models import Priority, Todo, TodoStatus
from dashboard.models.todo import IS_OPEN
from dashboard.todos import keyset, search
from dashboard.todos.days import start_of_day

SIZE = 32  # as many as fit 30 KB of HTML
VIEWS = ("open", "my", "unclaimed", "overdue", "signature", "all")
AGES = {"day": 1, "week": 7, "month": 30}
IS_WAITING = text("status = 'waiting'")
ROW = select(
    Todo.id, Todo.ref, Todo.title, Todo.npi, Todo.status, Todo.priority, Todo.due_at, Todo.created_at,
    Todo.order_number, Todo.assignee_id, Todo.claimed_until, Todo.version, Todo.intake_incomplete,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is asked for. Empty words ask for nothing; `assignee` is me, nobody or a user's id."""

    view: str = "open"
    status: str = ""
    priority: str = ""
    service: str = ""
    assignee: str = ""
    age: str = ""
    due: str = ""
    q: str = ""
    sort: str = "due"

    @classmethod
    def of(cls, told: Mapping[str, str]) -> Filter:
        """From the parameters of a URL; what makes no sense there is left out, never an error."""
        known = cls(**{name: told[name] for name in cls.__slots__ if told.get(name)})
        view = known.view if known.view in VIEWS else "open"
        return replace(known, view=view, sort=known.sort if known.sort in keyset.SORTS else "due")

    @property
    def is_plain(self) -> bool:
        """Whether it asks for a whole view, in whatever order."""
        return self == Filter(view=self.view, sort=self.sort)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the list, and when: what "me" and "today" mean."""

    user_id: int
    now: datetime
    zone: ZoneInfo

    def midnight(self, days: int = 0) -> datetime:
        return start_of_day(self.now, self.zone, days=days)


def conditions(asked: Filter, reader: Reader) -> list[ColumnElement[bool]]:
    """What a todo must meet to be in the list."""
    return [
        *_view(asked, reader),
        *_choices(asked),
        *_who(asked.assignee, reader),
        *_times(asked, reader),
        *search.matches(asked.q),
    ]


def _view(asked: Filter, reader: Reader) -> Iterator[Any]:
    """A view shows open work, unless the status filter asks for closed work by name."""
    if asked.view == "signature":
        yield IS_WAITING
    elif asked.view != "all" and asked.status not in {TodoStatus.DONE, TodoStatus.CANCELED}:
        yield IS_OPEN
    if asked.view == "my":
        yield Todo.assignee_id == reader.user_id
    if asked.view == "unclaimed":
        yield Todo.assignee_id.is_(None)
    if asked.view == "overdue":
        yield Todo.due_at < reader.midnight()


def _choices(asked: Filter) -> Iterator[ColumnElement[bool]]:
    if asked.status in set(TodoStatus):
        yield Todo.status == asked.status
    if asked.priority in set(Priority):
        yield Todo.priority == asked.priority
    if asked.service:
        yield Todo.service_slug == asked.service


def _who(assignee: str, reader: Reader) -> Iterator[ColumnElement[bool]]:
    if assignee == "nobody":
        yield Todo.assignee_id.is_(None)
    elif assignee == "me":
        yield Todo.assignee_id == reader.user_id
    elif assignee.isascii() and assignee.isdecimal():
        yield Todo.assignee_id == int(assignee[:9])


def _times(asked: Filter, reader: Reader) -> Iterator[ColumnElement[bool]]:
    """Days are the firm's: due before today, today, or within the next seven days."""
    if asked.due == "overdue":
        yield Todo.due_at < reader.midnight()
    if asked.due in {"today", "week"}:
        days = 1 if asked.due == "today" else 7
        yield and_(Todo.due_at >= reader.midnight(), Todo.due_at < reader.midnight(days))
    if asked.age in AGES:
        yield Todo.created_at < reader.midnight(1 - AGES[asked.age])


def page(
    asked: Filter, meets: list[ColumnElement[bool]], *, after: str | None = None, before: str | None = None
) -> keyset.Page:
    """One page of rows; a cursor that is none begins at the top."""
    sort = keyset.SORTS[asked.sort]
    keys = {"after": keyset.key_in(after, sort), "before": keyset.key_in(before, sort)}
    return keyset.page(ROW.where(*meets), sort, **keys, size=SIZE)


def neighbours(asked: Filter, meets: list[ColumnElement[bool]], todo: Todo) -> tuple[int | None, int | None]:
    """The ids before and after a todo in a list, whether or not the todo itself is still in it."""
    sort = keyset.SORTS[asked.sort]
    key = tuple(getattr(todo, column.key) for column in sort.columns)
    both = [_nearest(meets, sort, key, backwards=backwards).scalar_subquery() for backwards in (True, False)]
    previous, following = db.session.execute(select(*both)).one()
    return previous, following


def _nearest(
    meets: list[ColumnElement[bool]], sort: keyset.Sort, key: keyset.Key, *, backwards: bool
) -> Select[Any]:
    near = select(Todo.id).where(*meets, sort.beyond(key, backwards=backwards))
    return near.order_by(*sort.words(backwards=backwards)).limit(1)


def capped(*meets: Any) -> Select[Any]:
    """How many todos meet this, counted to 1,001 and no further.

    In order of due dates, so that an index is walked: a table scan may meet a million closed ones first.
    """
    found: Select[Any] = select(ONE).select_from(Todo).where(*meets).order_by(Todo.due_at, Todo.id)
    return length(found)
