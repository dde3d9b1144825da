"""A list as a table for a spreadsheet: all of its rows, in its order, read in pages (spec FUL-11, SEC-04)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from dashboard import audit
from dashboard.audit import Action
from dashboard.extensions import db
from dashboard.models import Todo
from dashboard.todos import keyset, lists
from dashboard.todos.days import day_of
from dashboard.todos.lists import Filter
from dashboard.unit import reading

CHUNK = 500
FORMULA = ("=", "+", "-", "@", "\t", "\r")
HEAD = ("Order", "Title", "NPI", "Service", "Status", "Priority", "Due", "Created", "Assignee")


def begin(meets: list[ColumnElement[bool]]) -> None:
    """Write down that these rows leave the house, and how many they are."""
    rows = db.session.scalar(select(func.count()).select_from(Todo).where(*meets)) or 0
    audit.record(Action.EXPORTED, changes={"what": "todos", "rows": rows})


def lines(
    asked: Filter, meets: list[ColumnElement[bool]], names: Mapping[int, str], zone: ZoneInfo
) -> Iterator[str]:
    """The table as CSV, a chunk at a time; each chunk is a reading unit of its own."""
    yield written([HEAD])
    sort, cursor = keyset.SORTS[asked.sort], None
    query = lists.ROW.add_columns(Todo.service_slug).where(*meets)
    while True:
        key = keyset.key_in(cursor, sort)
        with reading():
            page = keyset.page(query, sort, after=key, before=None, size=CHUNK)
        yield written(cells(row, names, zone) for row in page.rows)
        if page.older is None:
            return
        cursor = page.older


def cells(row: Any, names: Mapping[int, str], zone: ZoneInfo) -> list[str]:
    """One todo in the order of the head; days are the firm's."""
    told = (row.order_number, row.title, row.npi, row.service_slug, row.status.value, row.priority.value)
    days = (day_of(row.due_at, zone).isoformat(), day_of(row.created_at, zone).isoformat())
    return [neutral(cell or "") for cell in (*told, *days, names.get(row.assignee_id))]


def neutral(cell: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def written(rows: Iterable[Iterable[str]]) -> str:
    """Rows as CSV text."""
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
