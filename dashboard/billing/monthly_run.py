"""The monthly run: every month that has ended is turned, a few hundred offices to a unit (spec BIL-05).

Any number of runners may work on one run. An office is claimed by its lock and turned with it, one cycle
at a time, so a runner that is killed leaves nothing half done and the others nothing out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import load_only

from dashboard import audit
from dashboard.audit import Action
from dashboard.background import later
from dashboard.billing import months
from dashboard.errors import Invalid
from dashboard.extensions import db
from dashboard.models import MonthlyRun, Office, RunState
from dashboard.models.run import UNFINISHED
from dashboard.unit import insert

CHUNK = 500


class NotYet(Invalid):
    """A month that has not ended cannot be turned."""

    code = "NOT_YET"

    def __init__(self) -> None:
        super().__init__("as_of", "This lies in the future. Give a time up to now, in UTC.")


def ask(as_of: datetime, by: str, now: datetime) -> MonthlyRun:
    """A run over every month that ended by `as_of` (UTC), begun in the background; `by` is who asks.

    While one is unfinished that one is given, and nothing else is begun.

    Raises:
        NotYet: `as_of` lies after `now`.
    """
    if as_of > now:
        raise NotYet
    fresh = MonthlyRun(kind="monthly", as_of=as_of, asked_by=by, state=RunState.WAITING, created_at=now)
    fresh.offices_due = how_many_due(as_of)
    run = _the_unfinished(fresh)
    if run.ref == fresh.ref:
        audit.record(Action.RUN_ASKED, run)
    go_on(run)
    return run


def go_on(run: MonthlyRun) -> None:
    """Have a worker go on with this run, if none does."""
    later("billing.run", key=f"run:{run.ref}", run_id=run.id)


def how_many_due(as_of: datetime) -> int:
    """How many offices have a month to turn; those that are parked wait for somebody."""
    return db.session.scalar(select(func.count(Office.id)).where(*_is_due(as_of))) or 0


def claim(as_of: datetime, most: int = CHUNK) -> Sequence[Office]:
    """Up to `most` offices that are due and nobody's, locked until the unit ends; the longest due first."""
    first = _due(as_of).order_by(Office.next_boundary, Office.id).limit(most)
    return db.session.scalars(first.with_for_update(skip_locked=True)).all()


def claim_one(office_id: int, as_of: datetime) -> Sequence[Office]:
    """The same of one office: none, if it is not due any more or somebody else has it."""
    its_row = _due(as_of).where(Office.id == office_id)
    return db.session.scalars(its_row.with_for_update(skip_locked=True)).all()


def turn(run_id: int, offices: Sequence[Office], now: datetime) -> None:
    """Take one step for each of these offices, claimed, and count it on the run.

    Raises:
        NoPrice: an office's plan has no price on the day its next cycle begins.
    """
    done = months.turn(offices, now)
    db.session.flush()
    count(
        run_id,
        state=RunState.RUNNING,
        cycles_turned=MonthlyRun.cycles_turned + done.cycles,
        charges=MonthlyRun.charges + done.charges,
        invoices_closed=MonthlyRun.invoices_closed + done.invoices,
        total_cents=MonthlyRun.total_cents + done.cents,
    )


def count(run_id: int, **values: Any) -> None:
    """Add to the run's numbers: said last in a unit, because every runner waits for this row."""
    db.session.execute(update(MonthlyRun).where(MonthlyRun.id == run_id).values(**values))


def finish(run_id: int, as_of: datetime, now: datetime) -> bool:
    """End the run if nothing is due any more; says whether it has ended."""
    if how_many_due(as_of):
        return False
    count(run_id, state=RunState.DONE, finished_at=func.coalesce(MonthlyRun.finished_at, now))
    return True


def _due(as_of: datetime) -> Select[Office]:
    """The offices that are due, with what turning them reads of them."""
    return select(Office).where(*_is_due(as_of)).options(load_only(*months.READ))


def _is_due(as_of: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Office.next_boundary <= as_of, Office.parked_at.is_(None)


def _the_unfinished(fresh: MonthlyRun) -> MonthlyRun:
    """The one unfinished run, which is `fresh` if there was none."""
    session = db.session()
    values = {each.key: getattr(fresh, each.key) for each in MonthlyRun.__mapper__.column_attrs}
    told = {name: value for name, value in values.items() if value is not None}
    once = insert(session, MonthlyRun).values(told)
    once = once.on_conflict_do_nothing(index_elements=["kind"], index_where=UNFINISHED)
    unfinished = select(MonthlyRun).where(MonthlyRun.state != RunState.DONE)
    while True:
        session.execute(once)
        if run := session.scalars(unfinished).first():
            return run
