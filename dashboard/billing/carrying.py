"""Carrying over: one statement that charges everybody who was active when a cycle began (spec BIL-03)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Carried:
    """How many charges were made, and the ids of the cycles that now have something to pay."""

    charges: int
    costing: frozenset[int]


def carry(cycles: Sequence[BillingCycle], now: datetime) -> Carried:
    """Charge each of these cycles, just opened, for the patients active just before it began."""
    begun = list(_begun([cycle for cycle in cycles if cycle.carries]))
    if not begun:
        return Carried(0, frozenset())
    charges = _charge(begun, now)
    costing = frozenset(cycle_id for _, cycle_id, _, cents in begun if cents and cycle_id in charges)
    return Carried(sum(charges.values()), costing)


def _charge(begun: Sequence[Begun], now: datetime) -> dict[int, int]:
    """Write the charges; gives how many each cycle has. What was just written is never joined."""
    session = db.session()
    charging = _charging(session, begun, now)
    if session.get_bind().dialect.name == "sqlite":
        session.execute(charging)
        ids = [cycle_id for _, cycle_id, _, _ in begun]
        made = select(Charge.cycle_id).where(Charge.cycle_id.in_(ids)).subquery()
    else:
        made = charging.returning(Charge.cycle_id).cte("charged")
    counted = select(made.c.cycle_id, func.count()).group_by(made.c.cycle_id)
    return {row[0]: row[1] for row in session.execute(counted)}


def _begun(cycles: Sequence[BillingCycle]) -> Iterator[Begun]:
    """Those whose office is charged at their first instant, with the price that holds for them."""
    histories = statuses.histories(cycle.office_id for cycle in cycles)
    for cycle in cycles:
        status = statuses.status_at(histories.get(cycle.office_id, ()), cycle.start_utc)
        if status.is_charged:
            cents = 0 if status is OfficeStatus.TRIALING else cycle.cents
            yield cycle.office_id, cycle.id, cycle.start_utc, cents


def active_before(asked: Sequence[tuple[int, datetime]]) -> dict[tuple[int, datetime], int]:
    """How many patients of an office (by id) were active just before an instant (UTC), for each pair."""
    if not asked:
        return {}
    told = values(column("office_id", BigInteger), column("began", UtcDateTime), name="told")
    begun = told.data(asked).cte("begun")
    active = select(begun.c.office_id, begun.c.began, func.count())
    active = active.join_from(begun, ActivityInterval, _was_active(begun))
    active = active.group_by(begun.c.office_id, begun.c.began)
    return {(office_id, began): count for office_id, began, count in db.session.execute(active)}


def _was_active(begun: Any) -> Any:
    return (
        (ActivityInterval.office_id == begun.c.office_id)
        & (ActivityInterval.started < begun.c.began)
        & or_(ActivityInterval.ended.is_(None), ActivityInterval.ended >= begun.c.began)
    )


def _charging(session: Session, rows: Sequence[Begun], now: datetime) -> Any:
    told = values(
        column("office_id", BigInteger),
        column("cycle_id", BigInteger),
        column("began", UtcDateTime),
        column("cents", BigInteger),
        name="told",
    )
    begun = told.data(rows).cte("begun")
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
    ).join_from(begun, ActivityInterval, _was_active(begun))
    asked = insert(session, Charge).from_select([*COLUMNS, "anonymous_patient_ref"], owed)
    return asked.on_conflict_do_nothing()


def _random_reference(session: Session) -> ColumnElement[str]:
    """128 random bits, made by the database for each row."""
    if session.get_bind().dialect.name == "sqlite":
        return func.lower(func.hex(func.randomblob(16)))
    return func.md5(func.concat(func.gen_random_uuid(), func.gen_random_uuid()))
