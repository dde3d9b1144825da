"""The queue's page under gunicorn while a worker is never idle, beside the same page in a quiet system."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from sqlalchemy import update

from bench.background import SMALL, begin, small_jobs
from bench.browser import Browser
from bench.filling import fill
from bench.installation import Database, running, signed_in
from bench.measure import Bar, Figure, p99_ms, seconds
from dashboard.models import Job, JobState
from dashboard.unit import writing

JOBS_A_PAGE, WARM_UP, ROUNDS = 12, 20, 3


class Ended(RuntimeError):
    """The stream of jobs ended before the last page: the figure would be of a quiet system."""


def figures(database: Database, count: int, *, times: int) -> Iterator[Figure]:
    """p99 of a browser that keeps its connection: rounds without and with jobs, the median of each."""
    with running(database) as (site, started):
        _, key = signed_in()
        fill(site, count)
        begin(site, started)
        with Browser(started.web(), ["/staff/queue"], key) as visit:
            _p99(visit, WARM_UP)
            both = [(_p99(visit, times), _p99_while_jobs_run(visit, times)) for _ in range(ROUNDS)]
        yield Figure(
            f"page p99 while jobs run, {count:,} todos, {site.name}", median(pair[1] for pair in both), "ms",
            Bar(3, on="ratio"), median(pair[0] for pair in both), "the same page, no jobs",
        )  # fmt: skip


def _p99(visit: Browser, times: int) -> float:
    return p99_ms([seconds(visit) for _ in range(times)])


def _p99_while_jobs_run(visit: Browser, times: int) -> float:
    """Whatever jobs are left then, nobody does.

    Raises:
        Ended: none was left.
    """
    small_jobs(times * JOBS_A_PAGE)
    found = _p99(visit, times)
    with writing() as session:
        left = update(Job).where(Job.state == JobState.READY, Job.kind == SMALL)
        if not session.execute(left.values(state=JobState.CANCELED)).rowcount:
            raise Ended(f"{times * JOBS_A_PAGE} jobs were done before {times} pages.")
    return found
