"""The threads beside a worker: one ends the process when a job outstays its lease, one says it is alive."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

SHARE = 0.95
_name = f"{socket.gethostname()}:{os.getpid()}"
_deadline: float | None = None
current_job: int | None = None


def worker_name() -> str:
    """What this process is called in the table of jobs."""
    return _name


@contextmanager
def watching(lease: timedelta, job_id: int) -> Iterator[None]:
    """Let the watchdog end this process before the lease, which began a moment ago, is over."""
    global _deadline, current_job
    _deadline, current_job = time.monotonic() + lease.total_seconds() * SHARE, job_id
    try:
        yield
    finally:
        _deadline, current_job = None, None


def start(name: str, beat: Callable[[int | None], None], *, every_seconds: float = 5) -> None:
    """Name this process and start its watchdog, which calls `beat(job_id)` each few seconds."""
    global _name
    _name = name
    threading.Thread(target=_watch, daemon=True, name="watchdog").start()
    threading.Thread(target=_beat, args=(beat, every_seconds), daemon=True, name="heartbeat").start()


def _watch() -> None:
    """Apart from the heartbeat, which may hang while the database is away."""
    while True:
        if _deadline is not None and time.monotonic() > _deadline:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.2)


def _beat(beat: Callable[[int | None], None], every_seconds: float) -> None:
    while True:
        beat(current_job)
        time.sleep(every_seconds)
