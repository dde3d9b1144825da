"""Jobs of a test's own: kinds registered for its time, rows asked for and looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from dashboard import clock
from dashboard.background import later
from dashboard.models import Job
from dashboard.unit import reading, writing
from jobs.registry import REGISTRY, job


@contextmanager
def kind(name: str, work: Callable[..., None], **how: Any) -> Iterator[None]:
    """`work` does this kind while the block lasts."""
    job(name, **how)(work)
    try:
        yield
    finally:
        del REGISTRY[name]


def asked(name: str, **more: Any) -> int:
    """The number of a fresh job."""
    with writing():
        later(name, **more)
    with reading() as session:
        return int(session.query(Job.id).order_by(Job.id.desc()).limit(1).scalar())


def row(job_id: int) -> Job:
    with reading() as session:
        found = session.get(Job, job_id)
    assert found is not None
    return found


def change(job_id: int, **values: Any) -> None:
    """What time or another process would have done to the row."""
    with writing() as session:
        found = session.get(Job, job_id)
        for name, value in values.items():
            setattr(found, name, value)


def make_due(job_id: int) -> None:
    """The pause before the next try is over."""
    change(job_id, run_after=clock.now() - timedelta(seconds=1))
