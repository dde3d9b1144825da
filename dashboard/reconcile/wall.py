"""What a list of the wall is, and looking at all of them in few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal_column, select
from sqlalchemy.orm import Session

from dashboard.capped import length
from dashboard.errors import NotFound
from dashboard.reconcile import billing, ledger, lists
from dashboard.reconcile.shapes import Row, WallList

MOST_SHOWN = 50
LISTS: tuple[WallList, ...] = (*lists.LISTS, *billing.LISTS, *ledger.LISTS)


@dataclass(frozen=True, slots=True)
class Shown:
    """One list as the page shows it: at most 50 rows, the oldest first; `count` is capped at 1,001."""

    list: WallList
    count: int
    rows: Sequence[Row]


def counts(session: Session, now: datetime) -> dict[str, int]:
    """How long each list is, by its key, in one statement; each capped at 1,001."""
    lengths = [_length(each, now).label(each.key) for each in LISTS]
    return dict(session.execute(select(*lengths)).one()._mapping)


def non_empty(session: Session, now: datetime) -> list[tuple[str, int, str]]:
    """(name, count, href) of every list that is not empty."""
    found = counts(session, now)
    return [(each.name, found[each.key], f"/staff/wall#{each.key}") for each in LISTS if found[each.key]]


def shown(session: Session, now: datetime) -> list[Shown]:
    """Every list with its rows; empty ones ask for none."""
    found = counts(session, now)
    full = {each.key: _rows(session, each, now) for each in LISTS if found[each.key]}
    return [Shown(each, found[each.key], full.get(each.key, ())) for each in LISTS]


def named(key: str) -> WallList:
    """The list with this key.

    Raises:
        NotFound: there is none.
    """
    found = next((each for each in LISTS if each.key == key), None)
    if found is None:
        raise NotFound("list on the wall")
    return found


def mend(session: Session, wall: WallList, row_id: int, now: datetime) -> None:
    """Do what mends this row. Harmless to repeat; needs a writing unit.

    Raises:
        NotFound: the list has no such row any more.
    """
    if wall.mending.act is None:
        raise NotFound("action")
    wanted = _query(wall, now).subquery()
    if session.execute(select(wanted.c.id).where(wanted.c.id == row_id)).first() is None:
        raise NotFound("row on this list")
    wall.mending.act(session, row_id, now)


def _query(wall: WallList, now: datetime) -> Select[Any]:
    return wall.query(now - wall.age)


def _length(wall: WallList, now: datetime) -> Any:
    return length(_query(wall, now)).scalar_subquery()


def _rows(session: Session, wall: WallList, now: datetime) -> list[Row]:
    some = _query(wall, now).order_by(literal_column("since")).limit(MOST_SHOWN)
    return [
        Row(found.id, found.label, wall.href.format(id=found.id, name=found.name), found.since)
        for found in session.execute(some)
    ]
