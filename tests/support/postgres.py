"""A PostgreSQL of the tests' own: in a temporary folder, on a private socket, careless of power cuts."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

OWNER, APP, PORTAL = "countersign_owner", "countersign_app", "countersign_app_portal"
# fsync off is quick and still outlives a killed server; synchronous_commit off would lose commits
CARELESS = ("fsync=off", "full_page_writes=off")
SETTINGS = ("max_connections=200", "listen_addresses=")
START_SECONDS = 120


class NoServerPrograms(RuntimeError):
    """PostgreSQL's server is not installed. On Debian: sudo apt-get install postgresql"""


class Postgres:
    """Start, stop, restart and kill as a test likes. Its roles are those of production."""

    def __init__(self, folder: Path, settings: Sequence[str] = CARELESS) -> None:
        self.folder = folder
        self.settings = (*SETTINGS, *settings)
        self.process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)

    def initialize(self) -> None:
        command = [program("initdb"), "-D", self._data, "-U", "postgres", "--auth=trust", "--no-sync"]
        _run([*command, "--encoding=UTF8", "--locale=C.UTF-8"], self.folder)

    def start(self) -> None:
        options = [word for setting in self.settings for word in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [program("postgres"), "-D", self._data, "-k", str(self.folder), *options],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **_as_postgres(),
            )
        self._wait()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends sessions and stops in order; SIGQUIT is a crash that leaves the log to be replayed."""
        if self.process:
            self.process.send_signal(how)
            self.process.wait(START_SECONDS)
            self.process = None

    def make_roles(self) -> None:
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as admin:
            for role in (OWNER, APP):
                admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            portal, app = sql.Identifier(PORTAL), sql.Identifier(APP)
            admin.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(portal))
            admin.execute(sql.SQL("GRANT {} TO {}").format(portal, app))

    def new_database(self) -> dict[str, str]:
        """An empty one of its own, as settings: the owner's role migrates, the app's owns nothing."""
        name = f"countersign_{next(self._numbers)}"
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as admin:
            words = map(sql.Identifier, (name, OWNER))
            admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*words))
        return {"DATABASE_URL": self.url(APP, name), "DATABASE_OWNER_URL": self.url(OWNER, name)}

    def url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{database}?host={self.folder}"

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url("postgres", "postgres"), connect_timeout=10).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.05)


@contextmanager
def postgres_server(settings: Sequence[str] = CARELESS) -> Iterator[Postgres]:
    """A running server, careless of power cuts unless told; its folder is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="countersign-pg-") as name:
        server = Postgres(Path(name), settings)
        if _as_postgres():
            shutil.chown(server.folder, "postgres", "postgres")
        server.initialize()
        server.start()
        try:
            server.make_roles()
            yield server
        finally:
            server.stop(signal.SIGQUIT)


def program(name: str) -> str:
    """From the PATH, or from the newest version's folder where Debian keeps them.

    Raises:
        NoServerPrograms: it is in neither.
    """
    if found := shutil.which(name):
        return found
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    if not versions:
        raise NoServerPrograms(NoServerPrograms.__doc__)
    return str(versions[-1])


def _run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, **_as_postgres())
    if done.returncode:
        raise RuntimeError(done.stderr)


def _as_postgres() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
