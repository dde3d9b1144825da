"""The rail's numbers: asked for once, on whole pages only, and never past a thousand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from dashboard import clock
from dashboard.capped import MOST_COUNTED
from dashboard.extensions import db
from dashboard.models import Job, JobState, TodoStatus
from dashboard.rights import Role
from dashboard.unit import writing
from dashboard.web.counts import Counts
from tests.support import cast
from tests.support.signed_in import signed_in

PAGE = "/staff/settings/people"


@contextmanager
def asked(word: str) -> Iterator[list[str]]:
    """What the database is asked that holds `word`."""
    found: list[str] = []

    def note(*said: Any) -> None:
        if word in said[2]:
            found.append(said[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def fail_a_job() -> None:
    now = clock.now()
    db.session.add(Job(kind="test", state=JobState.FAILED, run_after=now, created_at=now))


def test_open_todos_and_failed_jobs_are_counted(app: Flask):
    with writing():
        for status in (TodoStatus.PENDING, TodoStatus.WAITING, TodoStatus.DONE):
            cast.todo(status=status)
        fail_a_job()

    counts = Counts()

    assert (counts.get("queue"), counts.get("jobs_failed"), counts.get("filings")) == (2, 1, 0)


def test_nobody_counts_further_than_a_page_can_say(app: Flask):
    with writing():
        for _ in range(MOST_COUNTED + 5):
            fail_a_job()

    assert Counts().get("jobs_failed") == MOST_COUNTED


def test_a_whole_page_asks_once_and_a_part_never(app: Flask):
    client, _ = signed_in(app, Role.ADMIN)

    with asked("admin_todos") as whole:
        client.get(PAGE)
    with asked("admin_todos") as none:
        client.get("/profile/password")

    assert len(whole) == 1
    assert none == []
