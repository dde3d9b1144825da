"""Heartbeats: each process says that it is alive, by real time, which a demo does not move."""

from __future__ import annotations

from datetime import UTC, datetime

from dashboard.models import Heartbeat
from dashboard.unit import insert, writing

STARTED = datetime.now(UTC)


def beat(name: str, kind: str, job_id: int | None = None) -> None:
    """Write this process's row. Opens a unit of its own.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database is away.
    """
    seen = datetime.now(UTC)
    with writing() as session:
        row = insert(session, Heartbeat).values(
            name=name, kind=kind, started_at=STARTED, seen_at=seen, job_id=job_id
        )
        again = {"started_at": STARTED, "seen_at": seen, "job_id": job_id}
        session.execute(row.on_conflict_do_update(index_elements=["name"], set_=again))


def stop(name: str) -> None:
    """Take the row away: this process ends in order and will not be missed."""
    with writing() as session:
        if found := session.get(Heartbeat, name):
            session.delete(found)
