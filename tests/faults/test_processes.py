"""The real worker and scheduler: do what was asked, survive a lost Redis, end in order on SIGTERM."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from dashboard import audit
from dashboard.audit import Action
from dashboard.background import later
from dashboard.models import AuditLink, Heartbeat, Job, JobState
from dashboard.unit import reading, writing
from tests.conftest import environment, migrated
from tests.support.processes import Processes, processes, until
from tests.support.redis import Redis, redis_server

House = tuple[Flask, Processes]


@pytest.fixture
def redis() -> Iterator[Redis]:
    with redis_server() as server:
        yield server


@pytest.fixture
def house(tmp_path: Path, redis: Redis) -> Iterator[House]:
    """An installation of its own with one worker and the scheduler running."""
    env = environment(tmp_path, REDIS_URL=redis.url)
    with migrated(env) as app, processes(env, tmp_path) as running, app.app_context():
        running.scheduler()
        running.worker()
        until(lambda: len(alive()) == 2)
        yield app, running


def alive() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(Heartbeat.name).order_by(Heartbeat.name)))


def done() -> int:
    with reading() as session:
        return int(session.scalar(select(func.count()).where(Job.state == JobState.DONE)) or 0)


def links() -> int:
    with reading() as session:
        return int(session.scalar(select(func.count()).select_from(AuditLink)) or 0)


def ask(key: str) -> None:
    with writing():
        later("upkeep.purge", key=key)
        audit.record(Action.SETTING_CHANGED, changes={"fields": [key]})


def test_work_is_done_and_linked_and_outlives_a_killed_redis(house: House, redis: Redis) -> None:
    _, running = house
    ask("first")
    until(lambda: done() == 1 and links() == 1)
    redis.kill()
    ask("second")
    until(lambda: links() == 2)
    redis.start()
    until(lambda: done() == 2)
    assert [running.stop(name) for name in ("worker", "scheduler")] == [0, 0]
    assert alive() == []


def test_a_killed_worker_is_replaced_under_its_name(house: House) -> None:
    _, running = house
    before = alive()
    running.kill("worker")
    running.worker()
    ask("after")
    until(lambda: done() == 1)
    assert alive() == before


def test_a_door_that_may_not_serve_says_why(tmp_path: Path, redis: Redis) -> None:
    env = environment(tmp_path, REDIS_URL=redis.url)
    with processes({**env, "SECRET_KEY": "secret"}, tmp_path) as running:
        running.worker()
        until(lambda: running.running["worker"].poll() is not None)
        assert running.running["worker"].returncode == 3
        assert "SECRET_KEY" in running.said("worker")
