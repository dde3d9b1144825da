"""What is no longer needed goes when its time is over, and nothing else does (REL-02)."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from dashboard import clock
from dashboard.models import FailedAttempt, Heartbeat, Job, JobState
from dashboard.unit import reading, writing
from dashboard.upkeep import retention
from jobs.upkeep import purge


def job(state: JobState, days: int) -> Job:
    then = clock.now() - timedelta(days=days)
    return Job(kind="test.old", state=state, run_after=then, created_at=then, finished_at=then)


def test_done_jobs_go_after_ninety_days_failed_ones_stay(app: Flask) -> None:
    with writing() as session:
        session.add_all([job(JobState.DONE, 91), job(JobState.DONE, 89)])
        session.add_all([job(JobState.FAILED, 300), job(JobState.CANCELED, 91)])
    purge()
    with reading() as session:
        left = session.scalars(select(Job.state).order_by(Job.id)).all()
    assert left == [JobState.DONE, JobState.FAILED]


def test_more_than_a_chunk_goes_too(app: Flask) -> None:
    old = clock.now() - timedelta(days=2)
    with writing() as session:
        many = range(retention.CHUNK + 5)
        session.add_all(FailedAttempt(kind="password", subject=b"x", address="::1", at=old) for _ in many)
        session.add(Heartbeat(name="gone", kind="worker", started_at=old, seen_at=old))
        session.add(Heartbeat(name="here", kind="worker", started_at=old, seen_at=clock.now()))
    purge()
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(FailedAttempt)) == 0
        assert session.scalars(select(Heartbeat.name)).all() == ["here"]
