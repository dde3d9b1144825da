"""One whole installation with demo data, running, and the people who may sign in to it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from dashboard import clock
from dashboard.config import Settings
from dashboard.demo.cast import OFFICE_PEOPLE, STAFF, password
from dashboard.models import User
from dashboard.people import second_factor, sessions
from dashboard.unit import reading, writing
from tests.conftest import environment, migrated
from tests.support import cast
from tests.support.processes import Processes, processes
from tests.support.redis import redis_server


@dataclass
class Installation:
    """Where it answers, and the same app in this process, to look into its database."""

    app: Flask
    processes: Processes
    address: str

    def person(self, name: str) -> User:
        """A demo account by the first part of its address, such as "fulfiller2"."""
        member = next(each for each in (*STAFF, *OFFICE_PEOPLE) if each.email.startswith(f"{name}@"))
        with self.app.app_context(), reading() as session:
            everybody = session.scalars(select(User)).all()
        return next(user for user in everybody if user.email == member.email)

    def session_of(self, name: str) -> str:
        """A session cookie's value, without the way through the sign-in pages."""
        user = self.person(name)
        with self.app.app_context(), writing():
            return sessions.start(user, now=clock.now(), address="127.0.0.1", agent="test browser")

    def add_todos(self, *titles: str, **told: Any) -> list[int]:
        """Plain tasks that nobody has, due in three days; gives their ids."""
        with self.app.app_context(), writing():
            return [cast.todo(title=title, now=clock.now(), **told).id for title in titles]

    def password(self) -> str:
        settings: Settings = self.app.extensions["settings"]
        return password(settings.secret_key or "")

    def code_of(self, name: str) -> str:
        """What the person's app shows now."""
        return second_factor.code_at(self.person(name).totp_secret or "", datetime.now(UTC))


@contextmanager
def installed() -> Iterator[Installation]:
    """Everything `make run` starts, with its data, in a folder that is gone afterwards."""
    with ExitStack() as until_the_end:
        folder = Path(until_the_end.enter_context(tempfile.TemporaryDirectory(prefix="countersign-browser-")))
        redis = until_the_end.enter_context(redis_server())
        settings = environment(folder, COUNTERSIGN_MODE="demo", REDIS_URL=redis.url)
        app = until_the_end.enter_context(migrated(settings))
        loaded = app.test_cli_runner().invoke(args=["demo", "load"], catch_exceptions=False)
        assert loaded.exit_code == 0, loaded.output
        running = until_the_end.enter_context(processes(settings, folder))
        running.scheduler()
        running.worker()
        yield Installation(app, running, running.web())
