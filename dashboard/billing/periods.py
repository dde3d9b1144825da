"""An office's billing cycle as the turning of a month reads it: plain values, made by the thousand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import select

from dashboard.extensions import db
from dashboard.many import among
from dashboard.models import BillingCycle


@dataclass(slots=True)
class Period:
    """A cycle with the columns of its row; `id` is 0 until it is written."""

    office_id: int
    number: int
    start: date
    end: date
    start_utc: datetime
    end_utc: datetime
    cents: int
    carries: bool
    id: int = 0


AnyCycle = BillingCycle | Period
COLUMNS = tuple(field.name for field in fields(Period))
VALUES = tuple(BillingCycle.__table__.c[name] for name in COLUMNS)


def not_closed(office_ids: Iterable[int]) -> dict[int, Period]:
    """Each office's cycle that is not closed yet, by the office's id."""
    told = select(*VALUES).where(among(BillingCycle.office_id, office_ids), BillingCycle.closed_at.is_(None))
    return {row[0]: Period(*row) for row in db.session.execute(told)}
