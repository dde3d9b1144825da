"""The relay: hands ready jobs from the table to Redis. It keeps no record: a job not taken in 30 s is
handed over again.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import select

from dashboard.models import Job, JobState
from dashboard.unit import reading
from jobs.registry import Kind

HAND_AGAIN_SECONDS = 30
AT_MOST = 500


class Relay:
    """One process's view of what it has handed over lately."""

    def __init__(self, redis: Redis, kinds: Mapping[str, Kind]) -> None:
        self._kinds = kinds
        self._queues = {
            name: Queue(name, connection=redis, serializer=JSONSerializer) for name in ("now", "bulk")
        }
        self._handed: dict[tuple[int, int], float] = {}

    def poll(self, now: datetime) -> int:
        """Hand over what is ready at `now` and was not handed over lately; returns how many.

        Raises:
            redis.exceptions.ConnectionError: Redis is away. Nothing is lost: the table still has the jobs.
        """
        ready = self._fresh(now)
        for name, queue in self._queues.items():
            batch = [pair for kind, *pair in ready if self._queue_of(kind) == name]
            if batch:
                queue.enqueue_many([_envelope(job_id, attempts) for job_id, attempts in batch])
        self._handed.update({(job_id, attempts): time.monotonic() for _, job_id, attempts in ready})
        return len(ready)

    def _fresh(self, now: datetime) -> list[tuple[str, int, int]]:
        late = time.monotonic() - HAND_AGAIN_SECONDS
        self._handed = {pair: at for pair, at in self._handed.items() if at > late}
        with reading() as session:
            ready = select(Job.kind, Job.id, Job.attempts).where(
                Job.state == JobState.READY, Job.run_after <= now
            )
            rows = session.execute(ready.order_by(Job.run_after, Job.id).limit(AT_MOST)).all()
        return [
            (kind, job_id, attempts)
            for kind, job_id, attempts in rows
            if (job_id, attempts) not in self._handed
        ]

    def _queue_of(self, kind: str) -> str:
        return self._kinds[kind].queue if kind in self._kinds else "now"


def _envelope(job_id: int, attempts: int) -> object:
    """What travels through Redis: one number. A fresh id each attempt, or RQ refuses it after a kill."""
    return Queue.prepare_data(
        "jobs.run.run",
        args=(job_id,),
        job_id=f"job-{job_id}-{attempts}",
        timeout=-1,
        result_ttl=0,
        failure_ttl=60,
    )
