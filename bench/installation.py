"""A Countersign of the bench's own: a temporary folder, a migrated database, a person signed in."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flask import Flask

from dashboard import clock
from dashboard.config import Settings
from dashboard.models import User
from dashboard.people import sessions
from dashboard.rights import Role
from dashboard.unit import writing
from tests.conftest import environment, migrated
from tests.support import cast
from tests.support.postgres import postgres_server
from tests.support.processes import Processes, processes
from tests.support.redis import redis_server

Database = Literal["sqlite", "postgresql"]
NAMES: dict[Database, str] = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
STAFF = 6


@dataclass(frozen=True, slots=True)
class Installation:
    """One database and what reaches it. `environment` is what its processes are started with."""

    database: Database
    app: Flask
    environment: dict[str, str]
    folder: Path

    @property
    def settings(self) -> Settings:
        found: Settings = self.app.extensions["settings"]
        return found

    @property
    def name(self) -> str:
        return NAMES[self.database]

    @property
    def driver_url(self) -> str:
        """What the bare driver takes: a file's path, or a libpq address."""
        if self.database == "sqlite":
            return self.settings.database_url.removeprefix("sqlite:///")
        return self.settings.database_url.replace("+psycopg", "")


@contextmanager
def installation(database: Database, **more: str) -> Iterator[Installation]:
    """An empty one, its app context pushed, PostgreSQL as careful as in production; all gone afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="countersign-bench-")))
        if database == "postgresql":
            more |= stack.enter_context(postgres_server(settings=())).new_database()
        known = environment(folder, **more)
        app = stack.enter_context(migrated(known))
        stack.enter_context(app.app_context())
        yield Installation(database, app, known, folder)


@contextmanager
def running(database: Database, **more: str) -> Iterator[tuple[Installation, Processes]]:
    """The same with a real Redis, and the means to start real processes on it."""
    with (
        redis_server() as redis,
        installation(database, REDIS_URL=redis.url, **more) as site,
        processes(site.environment, site.folder) as started,
    ):
        yield site, started


def signed_in() -> tuple[User, str]:
    """A staff of fulfillers; the first of them, who has just signed in, and their session's key."""
    with writing():
        staff = [cast.person(role=Role.FULFILLMENT) for _ in range(STAFF)]
        user = staff[0]
        key = sessions.start(user, now=clock.now(), address="127.0.0.1", agent="bench")
    return user, key
