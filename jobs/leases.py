"""Leases: how long something is one process's own, by the database's clock, which a demo does not move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Interval, func, literal, or_, select, type_coerce
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.extensions import UtcDateTime
from dashboard.models import Job, JobState, Lease
from dashboard.unit import insert, writing

GIVE_UP_AFTER = 3


def database_time(session: Session, plus: timedelta = timedelta()) -> ColumnElement[datetime]:
    """The database's own time. SQLite has no other clock than this machine's."""
    if session.get_bind().dialect.name == "sqlite":
        return literal(datetime.now(UTC) + plus, UtcDateTime())
    return type_coerce(func.clock_timestamp() + literal(plus, Interval()), UtcDateTime())


def held(name: str, holder: str, seconds: int) -> bool:
    """Take or extend the lease `name`; false while somebody else holds it. Opens a unit of its own."""
    with writing() as session:
        until = database_time(session, timedelta(seconds=seconds))
        free = or_(Lease.holder == holder, Lease.until < database_time(session))
        asked = insert(session, Lease).values(name=name, holder=holder, until=until)
        taken = asked.on_conflict_do_update(
            index_elements=["name"], set_={"holder": holder, "until": until}, where=free
        ).returning(Lease.holder)
        return session.execute(taken).first() is not None


def reap() -> int:
    """Take back the jobs whose lease is over; returns how many. Opens a unit of its own."""
    with writing() as session:
        over = Job.lease_until < database_time(session)
        return _take_back(session, over)


def release(worker: str) -> int:
    """Take back what an earlier process of this name left running. Said by a worker when it starts."""
    with writing() as session:
        return _take_back(session, Job.worker == worker)


def _take_back(session: Session, which: ColumnElement[bool]) -> int:
    """Give lost jobs another try. One that lost three workers is taken to have killed them."""
    running = (
        select(Job)
        .where(Job.state == JobState.RUNNING, which)
        .order_by(Job.id)
        .with_for_update(skip_locked=True)
    )
    lost = session.scalars(running).all()
    for job in lost:
        job.lost, job.lease_until = job.lost + 1, None
        if job.lost < GIVE_UP_AFTER:
            job.state = JobState.READY
        else:
            job.state, job.finished_at = JobState.FAILED, clock.now()
            job.error_class, job.error_note = "WorkerLost", "killed its worker three times"
    return len(lost)


def any_over(session: Session) -> bool:
    """Whether `reap` would find something: asked first, so that a quiet second writes nothing."""
    over = select(Job.id).where(Job.state == JobState.RUNNING, Job.lease_until < database_time(session))
    return session.scalar(over.limit(1)) is not None
