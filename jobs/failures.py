"""Jobs that failed, grouped by cause, so that one button mends what one cause broke (spec OPS-01)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from dashboard import audit
from dashboard.audit import Action
from dashboard.errors import NotFound
from dashboard.models import Job, JobState

AT_MOST = 1_000
LIVE = (JobState.READY, JobState.RUNNING)
CAUSE = (Job.kind, Job.error_class, Job.error_place)


@dataclass(frozen=True, slots=True)
class Group:
    """Failed jobs of one kind, error and place: how many, and when the first and the last failed (UTC)."""

    kind: str
    error: str | None
    place: str | None
    count: int
    first: datetime
    last: datetime
    note: str | None

    @property
    def key(self) -> str:
        """What the group is called in an address."""
        return hashlib.sha256(repr((self.kind, self.error, self.place)).encode()).hexdigest()[:12]

    @property
    def condition(self) -> ColumnElement[bool]:
        """Which rows are in it; no error equals no error."""
        of_cause = Job.error_class.is_not_distinct_from(self.error)
        at_place = Job.error_place.is_not_distinct_from(self.place)
        return (Job.state == JobState.FAILED) & (Job.kind == self.kind) & of_cause & at_place


def groups(session: Session) -> list[Group]:
    """Every group, the one that failed last first."""
    seen = (func.count(), func.min(Job.finished_at), func.max(Job.finished_at), func.max(Job.error_note))
    found = select(*CAUSE, *seen).where(Job.state == JobState.FAILED).group_by(*CAUSE)
    rows: Any = session.execute(found.order_by(func.max(Job.finished_at).desc()))
    return [Group(*row) for row in rows]


def group(session: Session, key: str) -> Group:
    """The group of this name.

    Raises:
        NotFound: it has no failed jobs, or no longer.
    """
    found = next((each for each in groups(session) if each.key == key), None)
    if found is None:
        raise NotFound("group of failures")
    return found


def members(session: Session, of: Group) -> Sequence[Job]:
    """Its jobs, the newest first, at most a hundred."""
    return session.scalars(select(Job).where(of.condition).order_by(Job.id.desc()).limit(100)).all()


@dataclass(frozen=True, slots=True)
class Retried:
    """How many jobs are on their way again, and how many were put away for a later one does their work."""

    again: int
    superseded: int


def retry(session: Session, of: Group, now: datetime) -> Retried:
    """Give the group's jobs, at most 1,000, one more try; those whose key is live again are discarded."""
    failed = _locked(session, of)
    keys = {job.key for job in failed if job.key}
    taken = set(session.scalars(select(Job.key).where(Job.key.in_(keys), Job.state.in_(LIVE))))
    superseded = 0
    for job in failed:
        if job.key and job.key in taken:
            _put_away(job, now, "a later job with the same key does its work")
            superseded += 1
            continue
        taken.add(job.key)
        job.state, job.run_after, job.finished_at, job.lost = JobState.READY, now, None, 0
    audit.record(Action.JOB_RETRIED, changes={"kind": of.kind, "jobs": len(failed) - superseded})
    return Retried(len(failed) - superseded, superseded)


def discard(session: Session, of: Group, now: datetime) -> int:
    """Give the group's jobs up, at most 1,000 of them; returns how many."""
    failed = _locked(session, of)
    for job in failed:
        _put_away(job, now, job.error_note)
    audit.record(Action.JOB_DISCARDED, changes={"kind": of.kind, "jobs": len(failed)})
    return len(failed)


def _locked(session: Session, of: Group) -> Sequence[Job]:
    """In the order of their ids, as every door locks jobs."""
    wanted = select(Job).where(of.condition).order_by(Job.id).limit(AT_MOST)
    return session.scalars(wanted.with_for_update(skip_locked=True)).all()


def _put_away(job: Job, now: datetime, note: str | None) -> None:
    job.state, job.finished_at, job.error_note = JobState.CANCELED, now, note
