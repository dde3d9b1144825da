"""Asking for background work: a job row in the transaction that needs it, so that nothing promised is
lost.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import event
from sqlalchemy.orm import Session

from dashboard import actor, clock
from dashboard.extensions import db
from dashboard.models.job import IS_LIVE, Job, JobState
from dashboard.unit import insert

ASKED = "asked jobs"


def later(
    kind: str,
    *,
    key: str | None = None,
    run_after: datetime | None = None,
    order_number: str | None = None,
    **ids: int | str,
) -> None:
    """Have the job `kind` run after the open writing unit has committed, not before `run_after` (UTC).

    `ids` are row numbers or opaque references, never a person's data. While a job with the same `key` is
    waiting or running, asking again asks for nothing.
    """
    now = clock.now()
    who = actor.current()
    job = {
        "kind": kind,
        "ids": ids,
        "key": key,
        "state": JobState.READY,
        "attempts": 0,
        "run_after": run_after or now,
        "request_id": who.request_id,
        "asked_by": who.name,
        "order_number": order_number,
        "created_at": now,
    }
    db.session().info.setdefault(ASKED, []).append(job)


@event.listens_for(db.session, "before_commit")
def _write(session: Session) -> None:
    """Write what was asked for, sorted by key: two units that ask for the same jobs then never deadlock."""
    asked = session.info.pop(ASKED, None)
    if not asked:
        return
    session.flush()
    rows = sorted(asked, key=lambda job: (job["key"] or "", job["kind"]))
    session.execute(
        insert(session, Job).on_conflict_do_nothing(index_elements=["key"], index_where=IS_LIVE), rows
    )


@event.listens_for(db.session, "after_soft_rollback")
def _forget(session: Session, _previous: object) -> None:
    session.info.pop(ASKED, None)
