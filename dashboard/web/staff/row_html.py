"""The HTML of one row, kept by everything that it shows: most rows of a list were drawn a moment ago."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from flask import current_app
from markupsafe import Markup

from dashboard import clock
from dashboard.todos import day_of
from dashboard.web.staff.shapes import Row, zone

MOST_KEPT = 4096


def drawn(row: Row, may_work: bool) -> Markup:
    """The row as a `tr`. Today is part of what it shows: "2d late"."""
    draw = _draw if current_app.jinja_env.auto_reload else _kept
    return draw(row, may_work, day_of(clock.now(), zone()))


def _draw(row: Row, may_work: bool, _today: date) -> Markup:
    template = current_app.jinja_env.get_template("staff/_queue_row.html")
    return Markup(template.render(row=row, may_work=may_work))


_kept = lru_cache(MOST_KEPT)(_draw)
