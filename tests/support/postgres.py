"""A PostgreSQL of the tests' own: in a temporary folder, on a private socket, careless of power cuts."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

OWNER, APP = "countersign_owner", "countersign_app"
# fsync off is quick and still outlives a killed server; synchronous_commit off would lose commits
SETTINGS = (
    "fsync=off",
    "full_page_writes=off",
    "max_connections=200",
    "listen_addresses=",
)
START_SECONDS = 20


class NoServerPrograms(RuntimeError):
    """PostgreSQL's server is not installed. On Debian: sudo apt-get install postgresql"""


@dataclass(frozen=True, slots=True)
class Database:
    """One database. `owner_url` migrates, `app_url` serves: its role owns nothing."""

    name: str
    owner_url: str
    app_url: str


class Server:
    """Start, stop, restart and kill as a test likes. Roles and databases are made by `database`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def initialize(self) -> None:
        command = [program("initdb"), "-D", self._data, "-U", "postgres", "--auth=trust", "--no-sync"]
        _run([*command, "--encoding=UTF8", "--locale=C.UTF-8"], self.folder)

    def start(self) -> None:
        options = [word for setting in SETTINGS for word in ("-c", setting)]
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

    def database(self, name: str) -> Database:
        """A fresh, empty one; an older one of that name is dropped."""
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as admin:
            for role in (OWNER, APP):
                _make_role(admin, role)
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            words = map(sql.Identifier, (name, OWNER))
            admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*words))
        return Database(name, self.url(OWNER, name), self.url(APP, name))

    def url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{database}?host={self.folder}"

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url("postgres", "postgres"), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.05)


@contextmanager
def postgres_server() -> Iterator[Server]:
    """A running server; its folder is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="countersign-pg-") as name:
        server = Server(Path(name))
        if _as_postgres():
            shutil.chown(server.folder, "postgres", "postgres")
        server.initialize()
        server.start()
        try:
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


def _make_role(admin: psycopg.Connection, role: str) -> None:
    if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))


def _run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, **_as_postgres())
    if done.returncode:
        raise RuntimeError(done.stderr)


def _as_postgres() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
