"""Finding a row, locking it, and writing one once however often it is told."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import select

from dashboard.errors import NotFound
from dashboard.extensions import db
from dashboard.models.base import Model
from dashboard.unit import insert

Row = TypeVar("Row", bound=Model)
LARGEST_ID = 2**63 - 1


def found(model: type[Row], id: int, what: str = "record") -> Row:
    """The row with this number.

    Raises:
        NotFound: there is none.
    """
    row = db.session.get(model, id) if id <= LARGEST_ID else None
    if row is None:
        raise NotFound(what)
    return row


def locked(model: type[Row], id: int, what: str = "record") -> Row:
    """The row with this number, fresh, and nobody else's until the unit ends.

    Raises:
        NotFound: there is none.
    """
    row = None
    if id <= LARGEST_ID:
        row = db.session.get(model, id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(what)
    return row


def added_once(row: Row, by: str) -> tuple[Row, bool]:
    """Add a row unless one has the same value in the unique column `by`: that one is given back instead.

    Says whether the row is new. It asks the database, so that units which do not see each other agree; a
    savepoint would do too, but its rollback forgets the jobs that the unit has asked for.
    """
    session = db.session()
    session.flush()
    model, table = type(row), type(row).__table__
    asked = insert(session, table).values(_values(row)).on_conflict_do_nothing(index_elements=[by])
    added = session.execute(asked.returning(table.c.id)).first() is not None
    return session.scalars(select(model).where(getattr(model, by) == getattr(row, by))).one(), added


def _values(row: Model) -> dict[str, object]:
    """The row's columns that were set, by name; the others take the table's defaults."""
    told = {each.columns[0].name: getattr(row, each.key) for each in type(row).__mapper__.column_attrs}
    return {name: value for name, value in told.items() if value is not None}
