"""The look's own rules: words for times and counts, one focus a page, shapes of statuses, contrast."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, render_template_string
from wtforms import Form, StringField
from wtforms.validators import InputRequired

from dashboard.models.job import JobState
from dashboard.models.message import MessageState
from dashboard.models.order import OrderStatus, PaymentStatus
from dashboard.models.todo import BulkState, TodoStatus
from dashboard.web import components, filters

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TODAY = NOW.date()
LEAST_CONTRAST = 5.4


@pytest.fixture
def app() -> Flask:
    """Templates and filters alone, without a database."""
    app = Flask(__name__, root_path=str(ROOT), template_folder="templates")
    app.extensions["settings"] = SimpleNamespace(
        firm_time_zone=ZoneInfo("America/New_York"), mode="demo", support_email=None, support_phone=None
    )
    filters.join(app)
    return app


def drawn(app: Flask, source: str, **context: Any) -> str:
    with app.test_request_context():
        return render_template_string(source, **context)


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(seconds=-30), "just now"),
        (timedelta(minutes=-5), "5 min ago"),
        (timedelta(hours=2), "in 2h"),
        (timedelta(days=-3), "3d ago"),
        (timedelta(days=-20), "10 Feb 2026"),
    ],
)
def test_a_time_in_a_list_is_said_by_its_distance(distance: timedelta, words: str) -> None:
    assert filters.relative(NOW + distance, NOW) == words


@pytest.mark.parametrize(
    ("days", "words", "tone"),
    [(-2, "2d late", "late"), (0, "today", "soon"), (1, "tomorrow", ""), (5, "in 5d", "")],
)
def test_a_due_date_says_how_late_it_is(days: int, words: str, tone: str) -> None:
    due = TODAY + timedelta(days=days)
    assert (filters.due_words(due, TODAY), filters.due_tone(due, TODAY)) == (words, tone)


def test_an_exact_time_is_in_the_firms_zone() -> None:
    assert filters.when(NOW, ZoneInfo("America/New_York")) == "2 Mar 2026, 10:00 EST"


def test_nobody_counts_past_a_thousand() -> None:
    assert [filters.capped(count) for count in (0, 1000, 1001)] == ["0", "1,000", "1,000+"]


def test_a_masked_value_shows_four_characters_at_most() -> None:
    assert [filters.masked(value) for value in ("123-45-6789", "6789", "", None)] == [
        "•••• 6789", "••••", "not provided", "not provided",
    ]  # fmt: skip


def test_only_the_first_bad_field_of_a_page_takes_the_focus(app: Flask) -> None:
    class TwoForm(Form):
        first = StringField(validators=[InputRequired("First is missing.")])
        second = StringField(validators=[InputRequired("Second is missing.")])

    form = TwoForm()
    form.validate()
    page = drawn(app, "{{ field(form.first) }}{{ field(form.second) }}", form=form)

    assert page.count("autofocus") == 1
    assert page.index("autofocus") < page.index('name="second"')
    assert page.count('aria-invalid="true"') == 2
    assert 'aria-describedby="second-error"' in page
    assert 'id="second-error">Second is missing.' in page


def test_two_forms_of_a_page_may_have_a_field_of_the_same_name(app: Flask) -> None:
    class OneForm(Form):
        reason = StringField("Reason")

    page = drawn(
        app,
        "{{ field(a.reason, scope='done') }}{{ field(b.reason, scope='cancel') }}",
        a=OneForm(),
        b=OneForm(),
    )
    assert re.findall(r'id="([^"]+)"', page) == ["done-reason", "cancel-reason"]
    assert re.findall(r'for="([^"]+)"', page) == ["done-reason", "cancel-reason"]


@pytest.mark.parametrize("kind", [TodoStatus, OrderStatus, PaymentStatus, JobState, MessageState, BulkState])
def test_every_status_has_a_shape_and_the_shape_is_drawn(app: Flask, kind: Any) -> None:
    shapes = app.jinja_env.get_template("components/marks.html").module.SHAPES  # type: ignore[attr-defined]
    sprite = drawn(app, "{{ sprite() }}")
    assert [
        status for status in kind if status not in shapes or f'id="i-{shapes[status]}"' not in sprite
    ] == []


def test_every_macro_that_is_promised_exists(app: Flask) -> None:
    for path, names in (components.MACROS | components.KEPT).items():
        module = app.jinja_env.get_template(path).module
        assert [name for name in names if not hasattr(module, name)] == [], path


def test_what_a_person_wrote_is_escaped(app: Flask) -> None:
    page = drawn(app, "{{ npi(text) }}{{ status_mark(text) }}{{ announcement(text) }}", text="<b>x</b>")
    assert "<b>x" not in page


def luminance(colour: tuple[float, ...]) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def tokens(mode: int) -> dict[str, tuple[float, ...]]:
    """The colours of `light-dark()` in the style sheet: 0 is light, 1 is dark."""
    found = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", (ROOT / "static/app.css").read_text())
    return {name: tuple(int(pair[mode][i : i + 2], 16) / 255 for i in (1, 3, 5)) for name, *pair in found}


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["ink", "dim", "accent", "bad", "warn", "good", "info"])
def test_every_colour_can_be_read_on_the_panel_and_on_a_hovered_row(name: str, mode: int) -> None:
    colours = tokens(mode)
    hovered = tuple(0.03 * i + 0.97 * p for i, p in zip(colours["ink"], colours["panel"], strict=True))
    assert contrast(colours[name], colours["panel"]) >= LEAST_CONTRAST
    assert contrast(colours[name], hovered) >= LEAST_CONTRAST


def test_a_day_is_written_so_that_nobody_misreads_it() -> None:
    assert filters.day_words(date(2026, 3, 2)) == "2 Mar 2026"


def test_a_period_is_written_by_its_last_day_though_it_is_kept_by_the_day_after() -> None:
    assert filters.period_words(date(2026, 2, 1), date(2026, 3, 1)) == "1 Feb 2026 to 28 Feb 2026"
