"""What a search word means: an order number or an NPI by its beginning, anything else within the title.

Patients are never looked into (spec SEC-04). Both indexes want three characters: SQLite's FTS5 trigrams and
PostgreSQL's pg_trgm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, column, func, select, table, text
from sqlalchemy.orm import InstrumentedAttribute

from dashboard.extensions import db
from dashboard.models import Todo

SHORTEST = 3
TOO_SHORT = f"Type at least {SHORTEST} characters."
COMMON = 1_000
HIGHEST = "\U0010ffff"
NPI = re.compile(r"[0-9]{3,10}")
ORDER = re.compile(r"[A-Za-z]{2,4}-[A-Za-z0-9-]*")
WORDS = table("admin_todos_words", column("rowid"))


def is_too_short(q: str) -> bool:
    """Whether there is something to search for, but too little of it."""
    return 0 < len(q.strip()) < SHORTEST


def matches(q: str) -> Iterator[ColumnElement[bool]]:
    """The conditions that a todo meets when it matches; none for a word that is too short."""
    word = q.replace("\0", "").strip()
    if len(word) < SHORTEST:
        return
    if ORDER.fullmatch(word):
        yield _begins(Todo.order_number, word.upper())
    elif NPI.fullmatch(word):
        yield _begins(Todo.npi, word)
    else:
        yield from _within_title(word)


def _begins(attribute: InstrumentedAttribute[Any], word: str) -> ColumnElement[bool]:
    """As a set of ids of its own, so that its index is used whatever else is asked."""
    if _is_sqlite():
        found = select(Todo.id).where(attribute >= word, attribute < word + HIGHEST)
    else:
        found = select(Todo.id).where(attribute.startswith(word, autoescape=True))
    return Todo.id.in_(found)


def _within_title(words: str) -> Iterator[ColumnElement[bool]]:
    """Every word somewhere in the title: rare words are looked up, common ones soon met on a walk."""
    parts = words.split()
    if _is_sqlite() and (found := _looked_up([part for part in parts if len(part) >= SHORTEST])) is not None:
        yield found
        parts = [part for part in parts if len(part) < SHORTEST]
    for part in parts:
        yield Todo.title.icontains(part, autoescape=True)


def _looked_up(parts: list[str]) -> ColumnElement[bool] | None:
    """The FTS5 look-up, unless it would yield more rows than a walk needs to visit."""
    if not parts:
        return None
    phrase = " ".join('"' + part.replace('"', '""') + '"' for part in parts)
    found = select(WORDS.c.rowid).where(text("admin_todos_words MATCH :words").bindparams(words=phrase))
    counted = select(func.count()).select_from(found.limit(COMMON).subquery())
    return Todo.id.in_(found) if (db.session.scalar(counted) or 0) < COMMON else None


def _is_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"
