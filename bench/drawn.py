"""The queue's own page by bare SQL: our template over what our statements find, asked through the driver."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from flask import Flask, g, render_template
from sqlalchemy import event

from bench.floors import COLUMNS, PAGES, add_pages, connected
from dashboard import create_app
from dashboard.extensions import db
from dashboard.models import Priority, Theme, TodoStatus
from dashboard.people import sessions
from dashboard.people.sessions import SignedIn
from dashboard.rights import Role
from dashboard.todos.counts import VIEW_COUNTS, Counts, counts
from dashboard.todos.hands import Hands, hands
from dashboard.todos.keyset import Page
from dashboard.todos.lists import Filter, Reader
from dashboard.unit import reading
from dashboard.web.access import public
from dashboard.web.staff import queue

NAMES = COLUMNS.split(", ")
ME = SignedIn(
    session_id=1,
    user_id=1,
    ref="",
    name="Demo Reader",
    role=Role.FULFILLMENT,
    office_id=None,
    theme=Theme.SYSTEM,
    comfortable=False,
    shortcuts=True,
    seen_at=datetime.now(UTC),
    stepped_up_at=None,
)
NOW = datetime.now(UTC)
NOBODY = Hands({}, {}, ())
NOTHING = Counts(dict.fromkeys(VIEW_COUNTS, 0), 0, 0, 0)


def served() -> Flask:
    """Our app, with pages that draw what the bare ones draw, and ask the driver all that ours ask."""
    app = create_app()
    with app.app_context():
        ask = _asking()
    add_pages(app, lambda rows: _draw(rows, ask))
    for name in PAGES:
        public(app.view_functions[name])
    return app


def _asking() -> Callable[[], None]:
    """Asks who is signed in, who there is, and how many of everything: the page's other statements, as they
    went to the driver once.
    """
    query = connected(os.environ["BENCH_DATABASE"], os.environ["BENCH_ADDRESS"])
    with reading(), sent() as told:
        sessions.find("", NOW)
        hands()
        counts(Reader(1, NOW, UTC), Filter(), [])
    return lambda: [query(words, values) for words, values in told] and None


@contextmanager
def sent() -> Iterator[list[tuple[str, Any]]]:
    """Statements and values that the block sends to the driver."""
    told: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, words: str, values: Any, *_: Any) -> None:
        if words.startswith("SELECT"):
            told.append((words, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _draw(rows: list[Any], ask: Callable[[], None]) -> str:
    ask()
    g.me = ME
    wanted, found = queue.asked({}, NOBODY), Page([_row(each) for each in rows], None, None)
    context = queue.around(wanted, NOTHING, NOBODY) | queue.listed(wanted, found, NOBODY)
    return render_template("staff/queue.html", **context)


def _row(values: Sequence[Any]) -> Any:
    """As `lists.ROW` gives it."""
    row = SimpleNamespace(**dict(zip(NAMES, values, strict=True)))
    row.status, row.priority = TodoStatus(row.status), Priority(row.priority)
    if isinstance(row.due_at, str):
        row.due_at = datetime.fromisoformat(row.due_at).replace(tzinfo=UTC)
    return row
