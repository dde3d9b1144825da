"""The floor of background work: RQ's SimpleWorker and a function that makes two commits through the driver.

`python -m bench.bare_worker REDIS_URL` serves the queue `bare` until it is ended.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import cache

from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

NOW = {"sqlite": "strftime('%Y-%m-%d %H:%M:%f000', 'now')", "postgresql": "clock_timestamp()"}
QUEUE = "bare"


def two_commits(job_id: int, database: str, address: str) -> None:
    """Take the row, do nothing, mark it done: what every job of ours commits at the least."""
    write, now = _connected(database, address), NOW[database]
    write(f"UPDATE jobs SET state = 'running', attempts = attempts + 1 WHERE id = {job_id}")
    write(f"UPDATE jobs SET state = 'done', finished_at = {now} WHERE id = {job_id}")


@cache
def _connected(database: str, address: str) -> Callable[[str], object]:
    if database == "sqlite":
        import sqlite3

        lite = sqlite3.connect(address, isolation_level=None)
        lite.execute("PRAGMA synchronous=FULL")
        lite.execute("PRAGMA busy_timeout=10000")
        return lite.execute
    import psycopg

    postgres = psycopg.connect(address, autocommit=True)
    return lambda words: postgres.execute(words.encode())


def hand_over(redis_url: str, job_ids: Sequence[int], database: str, address: str) -> None:
    """Ask the bare worker for these rows."""
    queue = Queue(QUEUE, connection=Redis.from_url(redis_url), serializer=JSONSerializer)
    queue.enqueue_many(
        [
            Queue.prepare_data(
                "bench.bare_worker.two_commits", args=(job_id, database, address), result_ttl=0
            )
            for job_id in job_ids
        ]
    )


if __name__ == "__main__":
    SimpleWorker(
        [QUEUE], connection=Redis.from_url(sys.argv[1]), serializer=JSONSerializer, log_job_description=False
    ).work(logging_level="WARNING")
