"""The relay: hands ready jobs from the table to Redis. It keeps no record: a job not taken in 30 s is
handed over again.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.models import Job, JobState
from dashboard.unit import reading
from jobs.registry import Kind

Attempt = tuple[int, int]
HAND_AGAIN_SECONDS = 30
AT_MOST = 500


class Relay:
    """One process's view of what it has handed over lately."""

    def __init__(self, redis: Redis, kinds: Mapping[str, Kind]) -> None:
        self._kinds = kinds
        self._queues = {
            name: Queue(name, connection=redis, serializer=JSONSerializer) for name in ("now", "bulk")
        }
        self._handed: dict[Attempt, float] = {}

    def poll(self, now: datetime) -> int:
        """Hand over what is ready at `now` and was not handed over lately; returns how many.

        Raises:
            redis.exceptions.RedisError: Redis is away. Nothing is lost: the table still has the jobs.
        """
        late = time.monotonic() - HAND_AGAIN_SECONDS
        self._handed = {attempt: at for attempt, at in self._handed.items() if at > late}
        with reading() as session:
            ready = {name: self._ready(session, name, now) for name in self._queues}
        return sum(self._hand(name, attempts) for name, attempts in ready.items())

    def _ready(self, session: Session, queue: str, now: datetime) -> list[Attempt]:
        """The oldest of one queue: of each its own, or much bulk work would hide what is wanted now."""
        bulk = Job.kind.in_([kind.name for kind in self._kinds.values() if kind.queue == "bulk"])
        of_queue = bulk if queue == "bulk" else ~bulk
        is_ready = (Job.state == JobState.READY, Job.run_after <= now)
        ready = select(Job.id, Job.attempts).where(*is_ready, of_queue).order_by(Job.run_after, Job.id)
        rows = session.execute(ready.limit(AT_MOST))
        return [attempt for row in rows if (attempt := (row.id, row.attempts)) not in self._handed]

    def _hand(self, queue: str, attempts: list[Attempt]) -> int:
        if not attempts:
            return 0
        try:
            self._queues[queue].enqueue_many([_envelope(*attempt) for attempt in attempts])
        except RedisError:
            self._handed.clear()  # it may come back empty
            raise
        self._handed.update(dict.fromkeys(attempts, time.monotonic()))
        return len(attempts)


def _envelope(job_id: int, attempts: int) -> Any:
    """What travels through Redis: one number. A fresh id each attempt, or RQ refuses it after a kill."""
    return Queue.prepare_data(
        "jobs.run.run",
        args=(job_id,),
        job_id=f"job-{job_id}-{attempts}",
        timeout=-1,
        result_ttl=0,
        failure_ttl=60,
    )
