"""`flask worker` and `flask scheduler`: the processes behind the pages. They end in order on SIGTERM."""

from __future__ import annotations

import fcntl
import itertools
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from redis import Redis

from dashboard.config import Settings
from dashboard.upkeep.readiness import refuse_unready

QUEUES = ("now", "bulk")
REDIS_SECONDS = 5


@click.command()
@click.option("--queues", default="now,bulk", help="Which queues, the most urgent first.")
@click.option("--name", help="A lasting name, unique among workers; else a free one is taken.")
@with_appcontext
def worker(queues: str, name: str | None) -> None:
    """Do background jobs."""
    from jobs.worker import serve

    app, wanted = _ready_app(), queues.split(",")
    if unknown := set(wanted) - set(QUEUES):
        raise click.BadParameter(f"There is no queue {sorted(unknown)[0]!r}; write {' or '.join(QUEUES)}.")
    with _named(f"worker {queues}", name) as own:
        serve(app, _redis(app), wanted, own)


@click.command()
@click.option("--name", help="A lasting name, unique among schedulers; else a free one is taken.")
@with_appcontext
def scheduler(name: str | None) -> None:
    """Hand jobs over, keep the schedule, link and seal the audit trail."""
    from jobs import beats
    from jobs.scheduler import parts_of, run

    app, stop = _ready_app(), _Stop()
    with _named("scheduler", name) as own:
        run(parts_of(app.extensions["settings"], _redis(app), own), lambda: stop.asked)
        beats.stop(own)


def _ready_app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    refuse_unready(app)
    return app


def _redis(app: Flask) -> Redis:
    """A connection that never hangs: a dead server is noticed within seconds."""
    settings: Settings = app.extensions["settings"]
    limits: Any = {"socket_connect_timeout": REDIS_SECONDS, "socket_timeout": REDIS_SECONDS}
    return Redis.from_url(str(settings.redis_url), **limits)


@contextmanager
def _named(kind: str, given: str | None) -> Iterator[str]:
    """A name that outlives kill -9, so that the next process of that name takes back what this one held.

    The kernel frees the lock of whoever dies; the first free number on this machine is ours.
    """
    if given:
        yield given
        return
    folder = Path(current_app.extensions["settings"].data_dir) / "processes"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in itertools.count(1):
        name = f"{kind} {number}@{socket.gethostname()}"[:80]
        with (folder / name.replace("/", "_")).open("w") as lock:
            if _is_ours(lock.fileno()):
                yield name
                return


def _is_ours(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    os.ftruncate(lock, 0)
    return True


class _Stop:
    """SIGTERM and SIGINT ask; the loop ends after what it has in hand."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
