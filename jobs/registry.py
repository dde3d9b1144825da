"""Which function does which kind of job, and the unit of work that also ends the job."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import update
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.models import Job, JobState
from dashboard.unit import plain, writing

Queue = Literal["now", "bulk"]
Work = Callable[..., None]
MODULES = (
    "audit",
    "billing",
    "dunning",
    "letters",
    "mail",
    "months",
    "offices",
    "orders",
    "patients",
    "people",
    "todos",
    "upkeep",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of job is done: by what, in which queue, within which time, and how often it may fail."""

    name: str
    work: Work
    queue: Queue
    lease: timedelta
    tries: int


@dataclass(slots=True)
class Claim:
    """One attempt at one job. It ends the job only while nobody else has taken it over."""

    job_id: int
    attempt: int
    finished: bool = False


class LeaseLost(RuntimeError):
    """The lease ran out and the job was given to somebody else: whatever this attempt did is rolled back."""


REGISTRY: dict[str, Kind] = {}
claimed: ContextVar[Claim | None] = ContextVar("claim", default=None)


def job(
    name: str, *, queue: Queue = "now", lease_seconds: int = 60, tries: int = 8
) -> Callable[[Work], Work]:
    """Register a function as the kind `name`. `bulk` is for what takes longer than a second."""

    def register(work: Work) -> Work:
        REGISTRY[name] = Kind(name, work, queue, timedelta(seconds=lease_seconds), tries)
        return work

    return register


def load() -> dict[str, Kind]:
    """Import every module of jobs and return the whole registry."""
    for module in MODULES:
        importlib.import_module(f"jobs.{module}")
    return REGISTRY


@contextmanager
def finishing() -> Iterator[Session]:
    """A writing unit that also marks the running job done, or rolls all of it back if the lease was lost."""
    with writing() as session:
        claim = claimed.get()
        if claim is not None:
            end(claim, state=JobState.DONE, finished_at=clock.now())
        yield session
    if claim is not None:
        claim.finished = True


def nothing_to_do() -> None:
    """Mark the running job done in the open unit, which has found nothing to do.

    Whoever asks for it from then on is heard, instead of being told that it runs.
    """
    claim = claimed.get()
    if claim is not None:
        end(claim, state=JobState.DONE, finished_at=clock.now())
        claim.finished = True


def end(claim: Claim, **values: Any) -> None:
    """Give a claimed job its next state. Said first in a unit: the job's row is the first lock of the
    order.
    """
    ours = (Job.id == claim.job_id, Job.attempts == claim.attempt, Job.state == JobState.RUNNING)
    taken = plain(update(Job).where(*ours).values(lease_until=None, **values))
    if not taken.rowcount:
        raise LeaseLost(f"job {claim.job_id}, attempt {claim.attempt}")
