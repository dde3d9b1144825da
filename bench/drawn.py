"""What drawing costs by itself: the queue's own page over one raw SELECT, with no sign-in and no counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from flask import Flask, g, render_template

from bench.floors import COLUMNS, PAGES, add_pages
from dashboard import create_app
from dashboard.models import Priority, Theme, TodoStatus
from dashboard.people.sessions import SignedIn
from dashboard.rights import Role
from dashboard.todos.counts import VIEW_COUNTS, Counts
from dashboard.todos.hands import Hands
from dashboard.todos.keyset import Page
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
NOBODY = Hands({}, {}, ())
NOTHING = Counts(dict.fromkeys(VIEW_COUNTS, 0), 0, 0, 0)


def served() -> Flask:
    """Our app, with pages that draw what the bare ones draw."""
    app = create_app()
    add_pages(app, _draw)
    for name in PAGES:
        public(app.view_functions[name])
    return app


def _draw(rows: list[Any]) -> str:
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
