"""Carrying over: one statement that charges everybody who was active when a cycle began (spec BIL-03)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, column, func, literal, or_, select, values
from sqlalchemy.orm import Session

from dashboard.billing import statuses
from dashboard.extensions import UtcDateTime, db
from dashboard.models import ActivityInterval, BillingCycle, Charge, OfficeStatus
from dashboard.unit import insert

Begun = tuple[int, int, datetime, int]
COLUMNS = ("office_id", "cycle_id", "patient_id", "turn", "cents", "settled_in", "due_at", "told_at")


def carry(cycles: Sequence[BillingCycle], now: datetime) -> set[int]:
    """Charge each of these cycles for the patients active just before it began. Harmless to repeat.

    Gives the ids of the cycles that now have something to pay.
    """
    begun = list(_begun([cycle for cycle in cycles if cycle.carries]))
    if not begun:
        return set()
    session = db.session()
    session.execute(_charging(session, begun, now))
    ids = [cycle_id for _, cycle_id, _, _ in begun]
    costing = select(Charge.cycle_id).where(Charge.cycle_id.in_(ids), Charge.cents > 0).distinct()
    return set(session.scalars(costing))


def _begun(cycles: Sequence[BillingCycle]) -> Iterator[Begun]:
    """Those whose office is charged at their first instant, with the price that holds for them."""
    histories = statuses.histories(cycle.office_id for cycle in cycles)
    for cycle in cycles:
        status = statuses.status_at(histories.get(cycle.office_id, ()), cycle.start_utc)
        if status.is_charged:
            cents = 0 if status is OfficeStatus.TRIALING else cycle.cents
            yield cycle.office_id, cycle.id, cycle.start_utc, cents


def _charging(session: Session, rows: Sequence[Begun], now: datetime) -> Any:
    told = values(
        column("office_id", BigInteger),
        column("cycle_id", BigInteger),
        column("began", UtcDateTime),
        column("cents", BigInteger),
        name="told",
    )
    begun = told.data(rows).cte("begun")
    was_active = (
        (ActivityInterval.office_id == begun.c.office_id)
        & (ActivityInterval.started < begun.c.began)
        & or_(ActivityInterval.ended.is_(None), ActivityInterval.ended >= begun.c.began)
    )
    owed = select(
        begun.c.office_id,
        begun.c.cycle_id,
        ActivityInterval.patient_id,
        literal(0, BigInteger),
        begun.c.cents,
        begun.c.cycle_id,
        begun.c.began,
        literal(now, UtcDateTime()),
        _random_reference(session),
    ).join_from(begun, ActivityInterval, was_active)
    asked = insert(session, Charge).from_select([*COLUMNS, "anonymous_patient_ref"], owed)
    return asked.on_conflict_do_nothing()


def _random_reference(session: Session) -> ColumnElement[str]:
    """128 random bits, made by the database for each row."""
    if session.get_bind().dialect.name == "sqlite":
        return func.lower(func.hex(func.randomblob(16)))
    return func.md5(func.concat(func.gen_random_uuid(), func.gen_random_uuid()))
