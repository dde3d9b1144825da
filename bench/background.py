"""Background work: small jobs a second with one worker, and how soon a paid order has its todo."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import func, insert, select

from bench import bare_worker
from bench.installation import Database, Installation, running
from bench.measure import Bar, Figure, median_ms, seconds
from dashboard import catalog, clock, intake
from dashboard.background import later
from dashboard.models import Job, JobState, OrderSource, Todo
from dashboard.models.base import new_reference
from dashboard.orders import orders
from dashboard.unit import reading, writing
from tests.support.processes import Processes, until

A_WHILE = 120.0
SMALL = "people.reset"
NOT_YET = timedelta(days=3650)
TOLD = {"npi": "1234567893", "provider_name": "Dr. Sample Provider", "email": "sample@example.test"}


def rates(database: Database, count: int) -> Iterator[Figure]:
    """`count` jobs that change nothing, through relay, Redis and one worker."""
    with running(database) as (site, started):
        begin(site, started)
        floor = _rate(_bare_jobs(site, count))
        ours = _rate(small_jobs(count))
        yield Figure(
            f"small jobs with one worker, {site.name}", ours, "/s", Bar(100, at_least=True), floor,
            "bare RQ worker, two commits by the driver",
        )  # fmt: skip


def delays(database: Database, count: int) -> Iterator[Figure]:
    """From the commit of a paid order to the moment its todo can be read, one order at a time."""
    with running(database) as (site, started):
        begin(site, started)
        both = [(_until_todo(_paid_order()), _until_done(partial(_bare_jobs, site, 1))) for _ in range(count)]
        mine, bare = ([pair[which] for pair in both[1:]] for which in (0, 1))
        yield Figure(
            f"paid order to todo, {site.name}", median_ms(mine), "ms", Bar(1000), median_ms(bare),
            "bare RQ job, two commits by the driver",
        )  # fmt: skip


def begin(site: Installation, started: Processes) -> None:
    """The relay, one worker of ours and the bare one, each once it has done its first job."""
    started.scheduler()
    started.worker()
    started.start("bare", sys.executable, "-m", "bench.bare_worker", site.environment["REDIS_URL"])
    for jobs in (small_jobs(1), _bare_jobs(site, 1)):
        until(lambda jobs=jobs: _refuse_ended(started) or _are_done(jobs), A_WHILE)


def _refuse_ended(started: Processes) -> None:
    """Raises RuntimeError with what a process said last, if one has ended: it would be waited for in vain."""
    for name, process in started.running.items():
        if process.poll() is not None:
            raise RuntimeError(f"{name} ended.\n{started.said(name)[-2000:]}")


def small_jobs(count: int) -> list[int]:
    """Ask for jobs that look for an address nobody has; gives their ids."""
    with writing() as session:
        before = session.scalar(select(func.max(Job.id))) or 0
        for number in range(count):
            later(SMALL, index="00" * 32, minute=number)
    with reading() as session:
        return list(session.scalars(select(Job.id).where(Job.id > before)))


def _bare_jobs(site: Installation, count: int) -> list[int]:
    """Rows that our relay leaves alone, handed to the bare worker."""
    row = {"kind": "bare", "ids": {}, "state": JobState.READY, "created_at": datetime.now(UTC)}
    row |= {
        "attempts": 0,
        "lost": 0,
        "request_id": "",
        "asked_by": "bench",
        "run_after": datetime.now(UTC) + NOT_YET,
    }
    with writing() as session:
        ids = list(session.scalars(insert(Job).returning(Job.id), [row] * count))
    bare_worker.hand_over(site.environment["REDIS_URL"], ids, site.database, site.driver_url)
    return ids


def _rate(jobs: Sequence[int]) -> float:
    """How many a second, from the first end to the last."""
    until(partial(_are_done, jobs), A_WHILE)
    ends = select(func.min(Job.finished_at), func.max(Job.finished_at)).where(Job.id.in_(jobs))
    with reading() as session:
        first, last = session.execute(ends).one()
    return float((len(jobs) - 1) / (last - first).total_seconds())


def _are_done(jobs: Sequence[int]) -> bool:
    left = select(func.count()).where(Job.id.between(min(jobs), max(jobs)), Job.state != JobState.DONE)
    with reading() as session:
        return not session.scalar(left)


def _paid_order() -> int:
    """Take an order that is paid already; gives its id."""
    with writing():
        order = orders.place(
            catalog.service("npi-revalidation"),
            intake.parse(TOLD).intake,
            customer_name="Demo Family Practice",
            customer_email="practice@example.test",
            method="card",
            source=OrderSource.STAFF,
            entry_key=new_reference(),
            now=clock.now(),
            paid_note="bench",
        )
    return order.id


def _until_todo(order_id: int) -> float:
    there = select(Todo.id).where(Todo.order_id == order_id)

    def is_there() -> bool:
        with reading() as session:
            return session.scalar(there) is not None

    return _seconds_until(is_there)


def _until_done(ask: Callable[[], list[int]]) -> float:
    return _seconds_until(partial(_are_done, ask()))


def _seconds_until(is_so: Callable[[], bool]) -> float:
    """Looking each 2 ms.

    Raises:
        TimeoutError: it never became so.
    """
    deadline = time.monotonic() + A_WHILE

    def wait() -> None:
        while not is_so():
            if time.monotonic() > deadline:
                raise TimeoutError("No worker does what was asked for.")
            time.sleep(0.002)

    return seconds(wait)
