"""Many rows, or the numbers of many, sent to the database as one parameter, whatever their number."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Subquery,
    Text,
    any_,
    cast,
    func,
    literal,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from dashboard.extensions import db

Plain = str | int | bool | date | None


def sent(columns: Mapping[str, TypeEngine[Any]], rows: Iterable[Sequence[Plain]]) -> Subquery:
    """These rows as a table with these columns, to select from. Times are aware and in UTC."""
    told = literal(json.dumps(list(rows), separators=(",", ":"), default=_as_stored), Text())
    opened = func.json_each(told) if is_sqlite() else func.json_array_elements(cast(told, JSON))
    row = opened.table_valued("value").c.value
    found = [_read(row, at, kind).label(name) for at, (name, kind) in enumerate(columns.items())]
    return select(*found).subquery("sent")


def _read(row: Any, at: int, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    value = row.op("->>")(literal_column(str(at)))
    return type_coerce(value, kind) if is_sqlite() else cast(value, kind)


def among(column: Any, numbers: Iterable[int]) -> ColumnElement[bool]:
    """Whether a column holds one of these numbers."""
    if not is_sqlite():
        wanted: ColumnElement[bool] = column == any_(literal(list(numbers), ARRAY(BigInteger)))
        return wanted
    told = func.json_each(literal(json.dumps(list(numbers)), Text())).table_valued("value")
    found: ColumnElement[bool] = column.in_(select(told.c.value))
    return found


def random_reference() -> ColumnElement[str]:
    """128 random bits as 32 hex digits, made by the database for each row."""
    if is_sqlite():
        return func.lower(func.hex(func.randomblob(16)))
    return func.md5(func.concat(func.gen_random_uuid(), func.gen_random_uuid()))


def is_sqlite() -> bool:
    """Whether the open session speaks with SQLite."""
    return db.session.get_bind().dialect.name == "sqlite"


def _as_stored(value: date) -> str:
    """As SQLite keeps it, which PostgreSQL reads, too: its sessions are in UTC."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.%f}"
    return value.isoformat()
