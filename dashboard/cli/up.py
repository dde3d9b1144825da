"""`flask up`, behind `make run`: the whole system with demo data on one machine, bound to loopback."""

from __future__ import annotations

import fcntl
import http.client
import os
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from dashboard.cli import embedded_redis
from dashboard.cli.children import Child, start
from dashboard.cli.demo_environment import demo_environment
from dashboard.cli.supervisor import Supervisor

FLASK = (sys.executable, "-m", "flask", "--app", "dashboard")
LOOPBACK = "127.0.0.1"


@click.command("up")
def up() -> None:
    """Run everything with demo data: web, scheduler, workers and, without REDIS_URL, a Redis."""
    os.umask(0o077)  # what the demo writes is its owner's
    environment = demo_environment(os.environ)
    with only_one_in(Path(environment["DATA_DIR"])):
        refuse_taken(environment["PORT"])
        prepare(environment)
        Supervisor(*groups(environment)).run(Announcement(environment).once_ready)


@contextmanager
def only_one_in(folder: Path) -> Iterator[None]:
    """Holds a lock that the kernel gives back however we end."""
    with (folder / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise click.ClickException(f"It already runs with DATA_DIR {folder}.") from error
        yield


def refuse_taken(port: str) -> None:
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise click.ClickException(f"PORT is {port!r}: write a number from 1 to 65535.")
    try:
        socket.create_server((LOOPBACK, int(port))).close()
    except OSError as error:
        raise click.ClickException(f"PORT {port}: {error.strerror}. Try: PORT=8080 make run") from error


def prepare(environment: Mapping[str, str]) -> None:
    """Migrate, then fill a database that is empty; both are harmless to repeat."""
    step("Migrating the database", "db", "upgrade", environment=environment)
    step("Looking for demo data", "demo", "load", environment=environment)


def step(title: str, *arguments: str, environment: Mapping[str, str]) -> None:
    click.echo(f"{title} ...")
    if code := start([*FLASK, *arguments], environment).wait():
        raise click.ClickException(f"{title} failed (exit {code}); the cause stands above.")


def groups(environment: Mapping[str, str]) -> Iterator[Sequence[Child]]:
    """Redis first, when it is ours: it starts before and stops after those who talk to it."""
    folder = Path(environment["DATA_DIR"])
    if environment["REDIS_URL"] == embedded_redis.url(folder):
        command = embedded_redis.command(folder)
        yield [Child("redis", command, environment, lambda: embedded_redis.answers(folder))]
    yield [
        Child("web", [sys.executable, "-m", "gunicorn"], environment),
        Child("scheduler", [*FLASK, "scheduler"], environment),
        Child("worker now", [*FLASK, "worker", "--queues", "now"], environment),
        Child("worker now,bulk", [*FLASK, "worker", "--queues", "now,bulk"], environment),
    ]


class Announcement:
    """Says where it is and who may sign in, once, when the pages answer."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.is_made = False

    def once_ready(self) -> None:
        if self.is_made or not self._answers():
            return
        self.is_made = True
        click.secho(f"\nCountersign (demo): http://{LOOPBACK}:{self.environment['PORT']}/", bold=True)
        start([*FLASK, "demo", "accounts"], self.environment).wait()
        click.echo("Ctrl-C stops it.")

    def _answers(self) -> bool:
        web = http.client.HTTPConnection(LOOPBACK, int(self.environment["PORT"]), timeout=1)
        try:
            web.request("GET", "/healthz")
            return web.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            web.close()
