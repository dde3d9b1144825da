"""The HTML of one row, kept by everything that it shows: most rows of a list were drawn a moment ago."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from flask import current_app
from markupsafe import Markup

from dashboard import clock
from dashboard.todos import day_of
from dashboard.web.staff.shapes import Row, zone

MOST_KEPT = 4096


def drawer() -> Callable[[Row, bool], Markup]:
    """What draws the rows of one page, each as a `tr`. Today is part of what they show: "2d late"."""
    draw = _draw if current_app.jinja_env.auto_reload else _kept
    today = day_of(clock.now(), zone())
    return lambda row, may_work: draw(row, may_work, today)


def _draw(row: Row, may_work: bool, _today: date) -> Markup:
    template = current_app.jinja_env.get_template("staff/_queue_row.html")
    return Markup(template.render(row=row, may_work=may_work))


_kept = lru_cache(MOST_KEPT)(_draw)
