"""Resident memory: a web process, and the sum over all of `make run`. Shared pages count in each process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from sqlalchemy import select

from bench.browser import Browser
from bench.measure import Bar, Figure
from dashboard import clock, create_app
from dashboard.cli.children import ROOT
from dashboard.cli.demo_environment import demo_environment
from dashboard.cli.up import FLASK
from dashboard.config import Settings
from dashboard.extensions import db
from dashboard.models import User
from dashboard.people import sessions
from dashboard.rights import Role
from dashboard.unit import writing
from tests.support.processes import answers, free_port, processes, until

START_SECONDS = 180.0
MIB = 2**20


def figures(*, pages: int) -> Iterator[Figure]:
    """After `pages` pages of the queue."""
    with tempfile.TemporaryDirectory(prefix="countersign-up-") as name:
        folder, port = Path(name), str(free_port())
        environment = demo_environment({**_clean(), "DATA_DIR": name, "PORT": port})
        bare = _bare_web(folder)
        with _up(environment, folder) as whole:
            until(lambda: _said_ready(folder, whole), START_SECONDS)
            with Browser(f"http://127.0.0.1:{port}", ["/staff/queue"], _session(environment)) as visit:
                for _ in range(pages):
                    visit()
            sizes = _sizes(whole)
        web = max(size for command, size in sizes if "gunicorn" in command)
        yield Figure("a web process, resident", web, "MB", Bar(200), bare, "gunicorn with an empty app")
        total = sum(size for _, size in sizes)
        yield Figure(
            f"all of make run, {len(sizes)} processes",
            total,
            "MB",
            Bar(800),
            bare * len(sizes),
            "as many empty ones",
        )


def _clean() -> dict[str, str]:
    """Our own environment without what would lead to another installation."""
    leads = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "FIELD_KEYS", "FIELD_KEYS_FILE", "SECRET_KEY"}
    return {name: value for name, value in os.environ.items() if name not in leads}


@contextmanager
def _up(environment: dict[str, str], folder: Path) -> Iterator[psutil.Process]:
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen([*FLASK, "up"], env=environment, cwd=ROOT, stdout=log, stderr=log)
        try:
            yield psutil.Process(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _said_ready(folder: Path, whole: psutil.Process) -> bool:
    said = (folder / "up.log").read_text()
    if not whole.is_running() or whole.status() == psutil.STATUS_ZOMBIE:
        raise RuntimeError(said)
    return "Ctrl-C stops it." in said


def _session(environment: dict[str, str]) -> str:
    with create_app(Settings.read(environment)).app_context():
        with writing() as session:
            user = session.scalars(select(User).where(User.role == Role.FULFILLMENT).limit(1)).one()
            key = sessions.start(user, now=clock.now(), address="127.0.0.1", agent="bench")
        db.engine.dispose()
    return key


def _sizes(whole: psutil.Process) -> list[tuple[str, float]]:
    """Command and resident megabytes of each process of the tree."""
    tree = [whole, *whole.children(recursive=True)]
    return [(" ".join(process.cmdline()), process.memory_info().rss / MIB) for process in tree]


def _bare_web(folder: Path) -> float:
    """What gunicorn takes for a program of ten lines."""
    port = free_port()
    with processes({"PORT": str(port)}, folder) as started:
        started.start("bare", sys.executable, "-m", "gunicorn", "tests.support.echo:app")
        until(lambda: answers(port), 30)
        return max(size for _, size in _sizes(psutil.Process(started.running["bare"].pid)))
