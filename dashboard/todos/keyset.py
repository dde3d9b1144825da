"""Pages by key: each goes on behind the last row of the one before, so all cost the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, tuple_

from dashboard.extensions import db
from dashboard.models import Priority, Todo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of rows that no two rows share: the last column is the id."""

    columns: tuple[Any, ...]
    descending: bool = False

    def words(self, *, backwards: bool = False) -> list[ColumnElement[Any]]:
        """What to put into ORDER BY."""
        return [column.desc() if self.descending != backwards else column.asc() for column in self.columns]

    def beyond(self, key: Key, *, backwards: bool = False) -> ColumnElement[bool]:
        """The rows behind this key, or before it."""
        here = tuple_(*self.columns)
        return here < key if self.descending != backwards else here > key


SORTS = {
    "due": Sort((Todo.due_at, Todo.id)),
    "newest": Sort((Todo.created_at, Todo.id), descending=True),
    "oldest": Sort((Todo.created_at, Todo.id)),
    "priority": Sort((Todo.priority, Todo.due_at, Todo.id)),
}


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order, and the cursors that lead on: `newer` goes with `before=`, `older` with `after=`."""

    rows: Sequence[Row[Any]]
    newer: str | None
    older: str | None

    @property
    def is_whole(self) -> bool:
        """Whether it has rows, and none lies before or behind them."""
        return bool(self.rows) and not (self.newer or self.older)


def page(
    query: Select[*tuple[Any, ...]], sort: Sort, *, after: Key | None, before: Key | None, size: int
) -> Page:
    """One page of a query whose rows carry the sort's columns; one row more is read, to see if it goes on."""
    backwards = before is not None
    key = before if backwards else after
    limited = query.order_by(*sort.words(backwards=backwards)).limit(size + 1)
    if key is not None:
        limited = limited.where(sort.beyond(key, backwards=backwards))
    found = db.session.execute(limited).all()
    goes_on = len(found) > size
    rows = found[:size][::-1] if backwards else found[:size]
    return Page(
        rows,
        cursor(rows[0], sort) if rows and (goes_on if backwards else key is not None) else None,
        cursor(rows[-1], sort) if rows and (goes_on or backwards) else None,
    )


def cursor(row: Any, sort: Sort) -> str:
    """A row's key as a short word for a URL."""
    return "-".join(_word(getattr(row, column.key)) for column in sort.columns)


def key_in(word: str | None, sort: Sort) -> Key | None:
    """The key in such a word; None for a word that is none, or that belongs to another order."""
    parts = (word or "").split("-")
    if len(parts) != len(sort.columns):
        return None
    try:
        return tuple(_value(part, column) for part, column in zip(parts, sort.columns, strict=True))
    except (ValueError, OverflowError):
        return None


def _word(value: Any) -> str:
    if isinstance(value, Priority):
        return value.value
    number = value if isinstance(value, int) else (value - EPOCH) // timedelta(microseconds=1)
    return f"{number:x}"


def _value(part: str, column: Any) -> Any:
    if column.key == "priority":
        return Priority(part)
    number = int(part[:15], 16)
    return number if column.key == "id" else EPOCH + timedelta(microseconds=number)
