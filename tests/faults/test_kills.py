"""Nothing accepted is lost, whatever is killed: each order has exactly one todo, and the trail verifies."""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from dashboard import clock
from dashboard.background import later
from dashboard.models import Job, JobState, Order, Todo
from dashboard.people import sessions
from dashboard.unit import reading, writing
from jobs import failures
from tests.conftest import environment, migrated
from tests.support import cast
from tests.support.clerk import Clerk
from tests.support.processes import PATIENCE, Processes, processes, until
from tests.support.redis import Redis, redis_server

SECONDS = float(os.environ.get("SOAK_SECONDS", "60"))
CLERKS, ENOUGH = 3, int(SECONDS / 2)
DEADLY = (sys.executable, "-m", "flask", "--app", "tests.support.deadly", "worker", "--queues", "now")
WEB = (sys.executable, "-m", "gunicorn")
pytestmark = [pytest.mark.faults, *([pytest.mark.both] if "SOAK_SECONDS" in os.environ else [])]


class System:
    """Everything that `make run` starts, each part to be killed and started again by name."""

    def __init__(self, app: Flask, running: Processes, redis: Redis) -> None:
        self.app, self.running, self.redis = app, running, redis
        self.address = running.web()
        self.parts = ("web", "scheduler", "worker now", "worker now,bulk", "redis")
        for part in self.parts[1:4]:
            self.start(part)

    def start(self, part: str) -> None:
        if part == "redis":
            self.redis.start()
        elif part == "web":
            self.running.start("web", *WEB, PORT=self.address.rsplit(":", 1)[1])
        elif part == "scheduler":
            self.running.scheduler()
        else:
            self.running.worker(part.split()[1], part)

    def kill(self, part: str) -> None:
        self.redis.kill() if part == "redis" else self.running.kill(part)


@pytest.fixture
def system(tmp_path: Path, database: str, request: pytest.FixtureRequest) -> Iterator[System]:
    """The whole system on an empty database of its own."""
    urls = {} if database == "sqlite" else request.getfixturevalue("postgres").new_database()
    with redis_server() as redis:
        env = environment(tmp_path, REDIS_URL=redis.url, **urls)
        with migrated(env) as app, app.app_context(), processes(env, tmp_path) as running:
            yield System(app, running, redis)


@contextmanager
def clerks_at_work(address: str) -> Iterator[list[Clerk]]:
    with writing():
        user = cast.person()
        keys = [sessions.start(user, now=clock.now(), address=None, agent="clerk") for _ in range(CLERKS)]
    clerks = [Clerk(address, key) for key in keys]
    for clerk in clerks:
        clerk.start()
    yield clerks
    for clerk in clerks:
        clerk.stopping.set()
    for clerk in clerks:
        clerk.join(2 * PATIENCE)
        assert not clerk.is_alive()


def audit_verified(app: Flask) -> str:
    """What `flask audit verify` says; it must not find anything wrong."""
    result = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert result.exit_code == 0, result.output
    return result.output


def unfinished() -> int:
    live = Job.state.in_((JobState.READY, JobState.RUNNING))
    with reading() as session:
        return session.scalar(select(func.count()).where(live, Job.kind == "orders.dispatch")) or 0


def strike(system: System, clerks: list[Clerk], dice: random.Random) -> Counter[str]:
    """Kill all parts in turn, each round in another order, for a minute and until enough is confirmed.

    The web process lives until somebody got through: a slow machine would start it for nothing. Gives how
    often each part was killed.
    """
    killed, ends, met = Counter[str](), time.monotonic() + SECONDS, 0
    while time.monotonic() < ends or len(confirmed_to(clerks)) <= ENOUGH:
        for part in dice.sample(system.parts, len(system.parts)):
            time.sleep(dice.uniform(0.3, 1.5))
            if part == "web":
                until(lambda least=met: len(confirmed_to(clerks)) > least)
                met = len(confirmed_to(clerks))
            system.kill(part)
            killed[part] += 1
            time.sleep(dice.uniform(0, 0.5))
            system.start(part)
    return killed


def confirmed_to(clerks: list[Clerk]) -> list[str]:
    return [number for clerk in clerks for number in clerk.confirmed]


def ask_again_for_what_lost_three_workers() -> None:
    """As a person does on the page of jobs, where what was killed three times by chance waits for them."""
    with writing() as session:
        for group in failures.groups(session):
            if group.error == "WorkerLost":
                failures.retry(session, group, clock.now())


def test_a_minute_of_kills_loses_nothing_and_doubles_nothing(system: System) -> None:
    with clerks_at_work(system.address) as clerks:
        killed = strike(system, clerks, random.Random())

    until(lambda: unfinished() == 0, 2 * PATIENCE)
    ask_again_for_what_lost_three_workers()
    until(lambda: unfinished() == 0, 2 * PATIENCE)
    confirmed = confirmed_to(clerks)
    with reading() as session:
        ordered = set(session.scalars(select(Order.order_number)))
        todos = Counter(session.scalars(select(Todo.order_number)))
    assert len(killed) == len(system.parts), killed
    assert len(confirmed) > ENOUGH
    assert set(confirmed) == ordered
    assert len(confirmed) == len(ordered)
    assert todos == dict.fromkeys(ordered, 1)
    until(lambda: "not linked" not in audit_verified(system.app))


def test_a_job_that_kills_its_worker_ends_in_the_failed_list(system: System) -> None:
    system.kill("worker now")
    system.kill("worker now,bulk")
    with writing():
        later("tests.kill_the_worker")

    until(lambda: has_failed(system), 2 * PATIENCE)
    with reading() as session:
        job = session.scalars(select(Job)).one()
    assert (job.error_class, job.lost) == ("WorkerLost", 3)


def has_failed(system: System) -> bool:
    """Start the deadly worker again whenever it was killed, until the job is given up."""
    worker = system.running.running.get("deadly")
    if worker is None or worker.poll() is not None:
        system.running.start("deadly", *DEADLY)
    with reading() as session:
        return session.scalars(select(Job)).one().state is JobState.FAILED
