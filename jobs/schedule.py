"""What runs by the clock. Each tick is a row, unique by its due time: missed ones are caught up, none is
doubled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.background import later
from dashboard.models import Occurrence
from dashboard.unit import insert, reading, writing


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job asked for at each due time. `each` also runs every tick that was missed, otherwise only the
    newest.
    """

    name: str
    kind: str
    next_after: Callable[[datetime], datetime]
    each: bool = False


def daily(at: time, zone: tzinfo) -> Callable[[datetime], datetime]:
    """Once a day at this local time; a time that a spring change skips comes an hour later."""

    def next_after(moment: datetime) -> datetime:
        local = moment.astimezone(zone)
        due = datetime.combine(local.date(), at, zone)
        if due.astimezone(moment.tzinfo) <= moment:
            due = datetime.combine(local.date() + timedelta(days=1), at, zone)
        return due.astimezone(moment.tzinfo)

    return next_after


def every(pause: timedelta) -> Callable[[datetime], datetime]:
    """Again and again, `pause` after the last time."""
    return lambda moment: moment + pause


def hourly(moment: datetime) -> datetime:
    """At each full hour: a day begins with one, or up to three quarters of an hour after, wherever one is."""
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def schedules(zone: tzinfo) -> tuple[Schedule, ...]:
    """Every schedule of the firm, in its own zone."""
    return (
        Schedule("retention", "upkeep.purge", daily(time(3, 30), zone)),
        Schedule("approvals by the clock", "billing.issue_due", every(timedelta(hours=1))),
        Schedule("office statuses", "offices.refresh_all", hourly),
        Schedule("reminders of invoices", "dunning.daily", daily(time(9, 0), zone)),
        Schedule("waiting mail", "mail.sweep", every(timedelta(minutes=5))),
        Schedule("monthly run", "billing.ask", hourly),
    )


def tick(schedule: Schedule, now: datetime) -> int:
    """Ask for the job of each due time up to `now` that nobody took; returns how many were asked for."""
    with reading() as session:
        last = session.scalar(select(func.max(Occurrence.due_at)).where(Occurrence.schedule == schedule.name))
    due = [now] if last is None else list(_due(schedule, last, now))
    if not due:
        return 0
    with writing() as session:
        wanted = due if schedule.each else due[-1:]
        taken = [moment for moment in wanted if _take(session, schedule.name, moment, now)]
        wanted = [] if last is None else taken
        for moment in wanted:
            later(schedule.kind, key=f"{schedule.name}:{moment.isoformat()}")
    return len(wanted)


def _due(schedule: Schedule, last: datetime, now: datetime) -> Iterator[datetime]:
    moment = schedule.next_after(last)
    while moment <= now:
        yield moment
        moment = schedule.next_after(moment)


def _take(session: Session, name: str, due_at: datetime, now: datetime) -> bool:
    row = insert(session, Occurrence).values(schedule=name, due_at=due_at, taken_at=now)
    return session.execute(row.on_conflict_do_nothing().returning(Occurrence.id)).first() is not None
