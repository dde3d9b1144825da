"""Looking things up among the signed-in office's own: another office's is simply not found (spec SEC-02)."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select

from dashboard.errors import NotFound
from dashboard.extensions import db
from dashboard.models import Office
from dashboard.models.base import Model
from dashboard.web.access import me

Row = TypeVar("Row", bound=Model)


def office_id() -> int:
    """The signed-in person's office.

    Raises:
        NotFound: they have none.
    """
    mine = me().office_id
    if mine is None:
        raise NotFound
    return mine


def office() -> Office:
    """The row of the signed-in person's office. Needs an open unit."""
    return db.session.get_one(Office, office_id())


def own(model: type[Row], ref: str, *which: ColumnElement[bool], what: str = "page") -> Row:
    """The office's own row of this reference. Needs an open unit.

    Raises:
        NotFound: there is none, or it is another office's: the two answers are the same.
    """
    table: Any = model
    row: Row | None = db.session.scalar(
        select(model).where(table.ref == ref, table.office_id == office_id(), *which)
    )
    if row is None:
        raise NotFound(what)
    return row
