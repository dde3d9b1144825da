"""Carrying over: one statement that charges everybody who was active when a cycle began (spec BIL-03)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, case, column, func, insert, literal, or_, select, values

from dashboard.billing import statuses
from dashboard.billing.periods import AnyCycle
from dashboard.extensions import UtcDateTime, db
from dashboard.many import among, is_sqlite, random_reference
from dashboard.models import ActivityInterval, BillingCycle, Charge, OfficeStatus

COLUMNS = ("office_id", "cycle_id", "patient_id", "turn", "cents", "settled_in", "due_at", "told_at")


@dataclass(frozen=True, slots=True)
class Carried:
    """How many charges were made, and the ids of the cycles that now have something to pay."""

    charges: int
    costing: frozenset[int]


def carry(cycles: Sequence[AnyCycle], now: datetime) -> Carried:
    """Charge each of these cycles, just opened, for the patients active just before it began."""
    begun = _begun([cycle for cycle in cycles if cycle.carries])
    if not begun:
        return Carried(0, frozenset())
    charges = _charge(begun, now)
    return Carried(sum(charges.values()), frozenset(each for each in charges if begun[each]))


def _begun(cycles: Sequence[AnyCycle]) -> dict[int, int]:
    """The cycles (by id) whose office is charged at their first instant, with the price in cents."""
    histories = statuses.histories(cycle.office_id for cycle in cycles)
    found = {}
    for cycle in cycles:
        status = statuses.status_at(histories.get(cycle.office_id, ()), cycle.start_utc)
        if status.is_charged:
            found[cycle.id] = 0 if status is OfficeStatus.TRIALING else cycle.cents
    return found


def _charge(begun: Mapping[int, int], now: datetime) -> dict[int, int]:
    """Write the charges; gives how many each cycle has. The ledger, just written, is never joined."""
    charging = _charging(begun, now)
    if is_sqlite():
        db.session.execute(charging)
        made = select(Charge.cycle_id).where(among(Charge.cycle_id, begun)).subquery()
    else:
        made = charging.returning(Charge.__table__.c.cycle_id).cte("charged")
    counted = select(made.c.cycle_id, func.count()).group_by(made.c.cycle_id)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def _charging(begun: Mapping[int, int], now: datetime) -> Any:
    free = [cycle_id for cycle_id, cents in begun.items() if not cents]
    cycle = BillingCycle.__table__.c
    owed = select(
        cycle.office_id,
        cycle.id,
        ActivityInterval.patient_id,
        literal(0, BigInteger),
        case((among(cycle.id, free), 0), else_=cycle.cents),
        cycle.id,
        cycle.start_utc,
        literal(now, UtcDateTime()),
        random_reference(),
    ).join_from(BillingCycle.__table__, ActivityInterval, _was_active(cycle.office_id, cycle.start_utc))
    columns = [*COLUMNS, "anonymous_patient_ref"]
    return insert(Charge.__table__).from_select(columns, owed.where(among(cycle.id, begun)))


def active_before(asked: Sequence[tuple[int, datetime]]) -> dict[tuple[int, datetime], int]:
    """How many patients of an office (by id) were active just before an instant (UTC), for each pair."""
    if not asked:
        return {}
    told = values(column("office_id", BigInteger), column("began", UtcDateTime), name="told")
    begun = told.data(asked).cte("begun")
    active = select(begun.c.office_id, begun.c.began, func.count())
    active = active.join_from(begun, ActivityInterval, _was_active(begun.c.office_id, begun.c.began))
    active = active.group_by(begun.c.office_id, begun.c.began)
    return {(office_id, began): count for office_id, began, count in db.session.execute(active)}


def _was_active(office_id: Any, began: Any) -> Any:
    still = or_(ActivityInterval.ended.is_(None), ActivityInterval.ended >= began)
    return (ActivityInterval.office_id == office_id) & (ActivityInterval.started < began) & still
