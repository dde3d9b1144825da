"""The queue's page under gunicorn while a worker is never idle, beside the same page in a quiet system."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from bench.background import begin, small_jobs
from bench.browser import Browser
from bench.filling import fill
from bench.installation import Database, running, signed_in
from bench.measure import Bar, Figure, p99_ms, seconds
from dashboard.models import Job, JobState
from dashboard.unit import reading

JOBS_A_PAGE, WARM_UP = 12, 20


class Ended(RuntimeError):
    """The stream of jobs ended before the last page: the figure would be of a quiet system."""


def figures(database: Database, count: int, *, times: int) -> Iterator[Figure]:
    """p99 of `times` pages with a browser that keeps its connection."""
    with running(database) as (site, started):
        _, key = signed_in()
        fill(site, count)
        begin(site, started)
        with Browser(started.web(), ["/staff/queue"], key) as visit:
            quiet = [seconds(visit) for _ in range(times + WARM_UP)][WARM_UP:]
            small_jobs(times * JOBS_A_PAGE)
            busy = [seconds(visit) for _ in range(times)]
        if not _is_busy():
            raise Ended(f"{times * JOBS_A_PAGE} jobs were done before {times} pages.")
        yield Figure(
            f"page p99 while jobs run, {count:,} todos, {site.name}", p99_ms(busy), "ms", Bar(3, on="ratio"),
            p99_ms(quiet), "the same page, no jobs",
        )  # fmt: skip


def _is_busy() -> bool:
    waiting = select(func.count()).where(Job.kind == "people.reset", Job.state != JobState.DONE)
    with reading() as session:
        return bool(session.scalar(waiting))
