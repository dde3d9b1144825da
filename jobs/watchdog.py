"""The thread beside a worker: ends the process when a job outstays its lease, and says that the worker is
alive.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

_name = f"{socket.gethostname()}:{os.getpid()}"
_deadline: float | None = None
current_job: int | None = None


def worker_name() -> str:
    """What this process is called in the table of jobs."""
    return _name


@contextmanager
def watching(lease: timedelta, job_id: int) -> Iterator[None]:
    """Let the watchdog end this process if the block takes longer than the lease."""
    global _deadline, current_job
    _deadline, current_job = time.monotonic() + lease.total_seconds(), job_id
    try:
        yield
    finally:
        _deadline, current_job = None, None


def start(name: str, beat: Callable[[int | None], None], *, every_seconds: float = 5) -> None:
    """Name this process and start its watchdog, which calls `beat(job_id)` each few seconds."""
    global _name
    _name = name
    threading.Thread(target=_watch, args=(beat, every_seconds), daemon=True, name="watchdog").start()


def _watch(beat: Callable[[int | None], None], every_seconds: float) -> None:
    next_beat = 0.0
    while True:
        if _deadline is not None and time.monotonic() > _deadline:
            os.kill(os.getpid(), signal.SIGKILL)
        if time.monotonic() >= next_beat:
            beat(current_job)
            next_beat = time.monotonic() + every_seconds
        time.sleep(0.5)
