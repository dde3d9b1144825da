"""Background work: this table is the truth, and the queue in Redis only the way to a worker."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.extensions import Word
from dashboard.models.base import Model


class JobState(StrEnum):
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"


IS_LIVE = text("state IN ('ready', 'running')")


class Job(Model):
    """One piece of work. `key` keeps a live one from being asked for twice; effects have unique keys of
    their own.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("one_live_job", "key", unique=True, sqlite_where=IS_LIVE, postgresql_where=IS_LIVE),
        Index("ix_jobs_state", "state", "run_after", "id"),
        Index("ix_jobs_finished", "finished_at"),
        Index("ix_jobs_failures", "state", "kind", "error_class"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    ids: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    key: Mapped[str | None] = mapped_column(String(160))
    state: Mapped[JobState] = mapped_column(Word(JobState), default=JobState.READY)
    attempts: Mapped[int] = mapped_column(default=0)
    lost: Mapped[int] = mapped_column(default=0)
    run_after: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    worker: Mapped[str | None] = mapped_column(String(80))
    error_class: Mapped[str | None] = mapped_column(String(120))
    error_place: Mapped[str | None] = mapped_column(String(200))
    error_note: Mapped[str | None] = mapped_column(String(300))
    request_id: Mapped[str] = mapped_column(String(32), default="")
    asked_by: Mapped[str] = mapped_column(String(40), default="")
    order_number: Mapped[str | None] = mapped_column(String(20), index=True)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Occurrence(Model):
    """One tick of a schedule. Unique by its due time: two schedulers never double it, a late one catches it
    up.
    """

    __tablename__ = "schedule_occurrences"
    __table_args__ = (UniqueConstraint("schedule", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    schedule: Mapped[str] = mapped_column(String(60))
    due_at: Mapped[datetime]
    taken_at: Mapped[datetime]


class Heartbeat(Model):
    """A process that said it is alive."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    job_id: Mapped[int | None]


class Lease(Model):
    """Something only one process may do at a time, and until when it does."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    until: Mapped[datetime]
