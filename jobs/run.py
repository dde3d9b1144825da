"""Doing one job: claim it, run it, and record the end, whatever happens in between."""

from __future__ import annotations

import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Row, select, update
from sqlalchemy.exc import DBAPIError

from dashboard import audit, clock
from dashboard.actor import Actor, acting
from dashboard.audit import Action
from dashboard.errors import DomainError
from dashboard.models import Job, JobState
from dashboard.unit import plain, writing
from jobs import watchdog
from jobs.leases import database_time
from jobs.registry import REGISTRY, Claim, Kind, LeaseLost, claimed, end

log = structlog.get_logger("jobs")
ROOT = Path(__file__).resolve().parent.parent
LONGEST_WAIT = timedelta(hours=1)
UNKNOWN_KIND_WAITS = timedelta(minutes=10)
CLAIM_SECONDS = timedelta(seconds=60)
REPEATABLE = {"40001", "40P01"}
WANTED = (Job.id, Job.kind, Job.ids, Job.attempts, Job.request_id, Job.order_number, Job.created_at)
Taken = Row[Any]


def run(job_id: int) -> None:
    """Do the job with this number, if it is still to be done and nobody else has it."""
    job = _claim(job_id)
    if job is None:
        return
    who = Actor("worker", request_id=job.request_id)
    with acting(who), structlog.contextvars.bound_contextvars(**_story(job)):
        _attempt(job, Claim(job.id, job.attempts))


def _claim(job_id: int) -> Taken | None:
    """Take the job: committed alone, so that a killed worker leaves a trace."""
    with writing() as session:
        kind = REGISTRY.get(plain(select(Job.kind).where(Job.id == job_id)).scalar() or "")
        ready = (Job.id == job_id, Job.state == JobState.READY, Job.run_after <= clock.now())
        taking = {
            Job.state: JobState.RUNNING,
            Job.attempts: Job.attempts + 1,
            Job.lease_until: database_time(session, kind.lease if kind else CLAIM_SECONDS),
            Job.worker: watchdog.worker_name(),
        }
        return plain(update(Job).where(*ready).values(taking).returning(*WANTED)).first()


def _story(job: Taken) -> dict[str, Any]:
    story = {"job": job.id, "kind": job.kind, "request_id": job.request_id, "order_number": job.order_number}
    return {name: value for name, value in story.items() if value}


def _attempt(job: Taken, claim: Claim) -> None:
    kind = REGISTRY.get(job.kind)
    if kind is None:
        _wait_for_upgrade(job, claim)
        return
    token = claimed.set(claim)
    try:
        _work(job, kind, claim)
    except LeaseLost:
        log.warning("lease lost")
    finally:
        claimed.reset(token)


def _work(job: Taken, kind: Kind, claim: Claim) -> None:
    try:
        with watchdog.watching(kind.lease, job.id):
            kind.work(**job.ids)
        if not claim.finished:
            _done(claim)
        log.info("job done")
    except LeaseLost:
        raise
    except Exception as error:  # noqa: BLE001 - the outermost frame: each failure is recorded, none swallowed
        _failed(job, kind, claim, error)


def _done(claim: Claim) -> None:
    with writing():
        end(claim, state=JobState.DONE, finished_at=clock.now())


def _failed(job: Taken, kind: Kind, claim: Claim, error: Exception) -> None:
    """Try again later, or stop: the business's no is final, and so is the last try."""
    final = isinstance(error, DomainError) or claim.attempt >= kind.tries
    what = {
        "error_class": name_of(error),
        "error_place": _place(error),
        "error_note": str(error)[:300] if isinstance(error, DomainError) else None,
    }
    log.warning("job failed", error=what["error_class"], place=what["error_place"], final=final)
    with writing():
        if final:
            end(claim, state=JobState.FAILED, finished_at=clock.now(), **what)
            audit.record(
                Action.JOB_FAILED, outcome="failed", changes={"kind": job.kind, "error": name_of(error)}
            )
        else:
            end(
                claim,
                state=JobState.READY,
                run_after=clock.now() + _pause(claim.attempt, error),
                **what,
            )


def _wait_for_upgrade(job: Taken, claim: Claim) -> None:
    """An unknown kind may have been asked for by a newer release: wait, then say so."""
    patient = clock.now() - job.created_at < UNKNOWN_KIND_WAITS
    with writing():
        if patient:
            end(claim, state=JobState.READY, run_after=clock.now() + timedelta(minutes=1))
        else:
            note = f"No job of the kind {job.kind!r} is known."
            failure = {"error_class": "UnknownKind", "error_note": note}
            end(claim, state=JobState.FAILED, finished_at=clock.now(), **failure)


def _pause(attempt: int, error: Exception) -> timedelta:
    if _sqlstate(error) in REPEATABLE:
        return timedelta()
    return min(LONGEST_WAIT, timedelta(seconds=5 * 3 ** (attempt - 1)))


def name_of(error: BaseException) -> str:
    """The error's class and SQLSTATE: its text may hold values, so it is never kept."""
    return f"{type(error).__name__} {_sqlstate(error)}".strip()


def _sqlstate(error: BaseException) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "") if isinstance(error, DBAPIError) else ""


def _place(error: BaseException) -> str | None:
    """The last line of ours that the error came through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        frame
        for frame in frames
        if Path(frame.filename).is_relative_to(ROOT) and ".venv" not in frame.filename
    ]
    return (
        f"{Path(ours[-1].filename).relative_to(ROOT)}:{ours[-1].lineno} {ours[-1].name}"[:200]
        if ours
        else None
    )
