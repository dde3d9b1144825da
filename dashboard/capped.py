"""Counting to a thousand and one, and no further: nobody reads more than "1,000+".

The cap is written out, not bound: PostgreSQL would plan a parameter for any number, and walk all there is.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select

MOST_COUNTED = 1_001
ONE: ColumnElement[int] = literal_column("1")
CAP: ColumnElement[int] = literal_column(str(MOST_COUNTED))


def length(rows: Select[Any]) -> Select[Any]:
    """How many rows a query finds, to 1,001."""
    return select(func.count()).select_from(rows.limit(CAP).subquery())


def how_many(table: Any, *meets: Any) -> Select[Any]:
    """How many rows of a table meet this, to 1,001."""
    return length(select(ONE).select_from(table).where(*meets))
