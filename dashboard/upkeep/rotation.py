"""Bringing everything sealed under the active key, while the system serves (spec SEC-03).

Rows are rewritten in chunks, each a writing unit of its own. A value's header says whether it is done, so a
rotation that was killed goes on where it stood. A row that somebody holds is passed over, never waited for,
and met again in the next pass. Documents need nothing more: their data keys are sealed columns, and their
blobs stay. The blind indexes have a key that does not rotate.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Row, Table, func, select, update
from sqlalchemy.orm import Session

from dashboard import audit, keyring
from dashboard.audit import Action
from dashboard.crypto import HEADER_BYTES, SealedColumn, Unreadable, header_of, key_id_of, sealed_columns
from dashboard.models.base import Model
from dashboard.unit import reading, writing

CHUNK = 200


@dataclass(slots=True)
class Rotation:
    """What came of it: values rewritten, values still under an older key, and rows that do not open."""

    rewritten: int = 0
    left: int = 0
    unreadable: set[str] = field(default_factory=set)

    @property
    def is_complete(self) -> bool:
        return self.left == 0


def rotate(*, chunk: int = CHUNK) -> Rotation:
    """Re-seal every value that is not under the active key, in units of its own. Harmless to repeat.

    A value that does not open is left, named as `table.column row id`, and does not stop the others.
    """
    done = Rotation()
    while rewritten := sum(_one_pass(column, chunk, done) for column in every_column()):
        done.rewritten += rewritten
    with writing() as session:
        done.left = sum(_count(session, column) for column in every_column())
        _tell(done)
    return done


def usage() -> dict[SealedColumn, Counter[str]]:
    """For each sealed column, how many values lie under which key id. Opens no value."""
    with reading() as session:
        return {column: _by_key(session, column) for column in every_column()}


def every_column() -> list[SealedColumn]:
    """Every sealed column of every table, by table and column."""
    models = sorted(
        (mapper.class_ for mapper in Model.registry.mappers), key=lambda model: model.__tablename__
    )
    return [column for model in models for column in sealed_columns(model)]


def _one_pass(column: SealedColumn, chunk: int, done: Rotation) -> int:
    """Once over one column by ascending id. How many values were rewritten."""
    rewritten, last = 0, 0
    while True:
        with writing() as session:
            rows = session.execute(_behind(column, last, chunk)).all()
            rewritten += sum(_reseal(session, column, row, done) for row in rows)
        if not rows:
            return rewritten
        last = rows[-1].id


def _reseal(session: Session, column: SealedColumn, row: Row[Any], done: Rotation) -> bool:
    """Rewrite one value, past the row's version: nothing that a person would call a change happens."""
    try:
        fresh = column.resealed(row.stored, row.ref)
    except Unreadable:
        done.unreadable.add(f"{column.table}.{column.column} row {row.id}")
        return False
    table = _table(column)
    session.execute(update(table).where(table.c.id == row.id).values({column.column: fresh}))
    return True


def _behind(column: SealedColumn, last: int, chunk: int) -> Any:
    table = _table(column)
    stored = table.c[column.column].label("stored")
    return (
        select(table.c.id, table.c.ref, stored)
        .where(table.c.id > last, _is_behind(column))
        .order_by(table.c.id)
        .limit(chunk)
        .with_for_update(skip_locked=True)
    )


def _count(session: Session, column: SealedColumn) -> int:
    return session.scalar(select(func.count()).select_from(_table(column)).where(_is_behind(column))) or 0


def _by_key(session: Session, column: SealedColumn) -> Counter[str]:
    header = _header(column)
    stored = _table(column).c[column.column]
    found = session.execute(select(header, func.count()).where(stored.is_not(None)).group_by(header))
    return Counter({key_id_of(bytes(value)): count for value, count in found})


def _is_behind(column: SealedColumn) -> ColumnElement[bool]:
    """Whether a value's header is not the active key's. An empty one is NULL, so it is never behind."""
    return _header(column) != header_of(keyring.ring().active)


def _header(column: SealedColumn) -> ColumnElement[bytes]:
    return func.substr(_table(column).c[column.column], 1, HEADER_BYTES, type_=LargeBinary())


def _table(column: SealedColumn) -> Table:
    table: Table = Model.metadata.tables[column.table]
    return table


def _tell(done: Rotation) -> None:
    audit.record(
        Action.KEYS_ROTATED,
        outcome="ok" if done.is_complete else "failed",
        changes={"key_id": keyring.ring().active.id, "rows": done.rewritten},
    )
