"""The worker: takes numbers of jobs from Redis and does them in its own process, without forking."""

from __future__ import annotations

import secrets
import signal
import time
import warnings
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

import structlog
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from rq.worker import WorkerStatus
from sqlalchemy.exc import SQLAlchemyError

from jobs import beats, leases, registry, watchdog
from jobs.run import name_of

MOST_JOBS = 1000
RECONNECT_SECONDS = 0.5
log = structlog.get_logger("worker")


class QuickWorker(SimpleWorker):
    """RQ's worker without its habits that do not suit us: slow reconnects, texts of errors in logs."""

    max_connection_wait_time = 1.0
    exponential_backoff_factor = 1.0
    asked_to_stop = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Finish the job in hand, then leave; when idle, at once. Redis, which may be away, is not asked."""
        self.asked_to_stop = self._stop_requested = True
        if self._state != WorkerStatus.BUSY:
            raise StopRequested

    def handle_exception(self, job: Any, *exc_info: Any) -> None:
        """A job that could not even be claimed, or not be recorded: its row remains and is tried again."""
        log.warning("job not recorded", job=job.id, error=name_of(exc_info[1]))


def serve(app: Flask, redis: Redis, queues: Sequence[str], name: str) -> None:
    """Work until SIGTERM, or until the process has done enough; Redis may come and go meanwhile."""
    registry.load()
    warnings.filterwarnings("ignore", message="CLIENT SETNAME")  # RQ wants an address of a private socket
    with app.app_context():
        _free_of_database_faults(lambda: leases.release(name))
        watchdog.start(name, lambda job_id: _beat(app, name, job_id))
        _work(redis, queues, name)
        _free_of_database_faults(lambda: beats.stop(name))


def _work(redis: Redis, queues: Sequence[str], name: str) -> None:
    """Start RQ's loop anew whenever a lost Redis ended it; say so once."""
    stop, is_lost, done = _Stop(), False, 0
    while not stop.asked and done < MOST_JOBS:
        try:
            worker = _rq_worker(redis, queues, name)
            worker.work(logging_level="CRITICAL", max_jobs=MOST_JOBS - done)
            done += worker.successful_job_count + worker.failed_job_count
            stop.asked = worker.asked_to_stop
            is_lost = False
        except StopRequested:
            return
        except RedisError as error:
            if not is_lost:
                log.warning("Redis is away", error=type(error).__name__)
            is_lost = True
        if not stop.asked:
            stop.heed()
            time.sleep(RECONNECT_SECONDS)


class _Stop:
    """SIGTERM and SIGINT while no RQ loop runs."""

    def __init__(self) -> None:
        self.asked = False
        self.heed()

    def heed(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True


def _rq_worker(redis: Redis, queues: Sequence[str], name: str) -> QuickWorker:
    """RQ refuses a second worker of a name, even of a dead one: ours bears a fresh name there."""
    fresh = f"{name}-{secrets.token_hex(4)}"
    return QuickWorker(list(queues), fresh, connection=redis, serializer=JSONSerializer)


def _beat(app: Flask, name: str, job_id: int | None) -> None:
    with app.app_context():
        _free_of_database_faults(lambda: beats.beat(name, "worker", job_id))


def _free_of_database_faults(act: Callable[[], object]) -> None:
    """Do what only helps: when the database is away, the next time will do."""
    try:
        act()
    except SQLAlchemyError as error:
        log.warning("the database is away", error=name_of(error))
