"""The demo's clock: forward only, written down, and the mover stays signed in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard import clock
from dashboard.models import AuditEvent
from dashboard.rights import Role
from dashboard.unit import reading
from tests.support.signed_in import signed_in
from tests.support.staff import Browser

CLOCK = "/staff/clock"


@pytest.fixture
def admin(app: Flask) -> Iterator[Browser]:
    """An administrator; afterwards the clock is the world's again."""
    yield Browser(signed_in(app, Role.ADMIN)[0])
    app.extensions["settings"].clock_file.unlink(missing_ok=True)


def ahead() -> timedelta:
    return clock.now() - datetime.now(UTC)


def test_the_clock_moves_by_hours_and_days_and_they_add_up(admin: Browser) -> None:
    admin.post(CLOCK, unit="hours", count="5")
    admin.post(CLOCK, unit="days", count="2")
    assert abs(ahead() - timedelta(days=2, hours=5)) < timedelta(seconds=5)


def test_the_clock_moves_to_the_first_of_the_next_month_of_the_firm(app: Flask, admin: Browser) -> None:
    admin.post(CLOCK, unit="month", count="1")
    local = clock.now().astimezone(app.extensions["settings"].firm_time_zone)
    assert (local.day, local.hour) == (1, 0)


@pytest.mark.parametrize("count", ["0", "-5", "401", "many"])
def test_the_clock_never_goes_back(admin: Browser, count: str) -> None:
    assert admin.post(CLOCK, unit="days", count=count).status_code == 422
    assert abs(ahead()) < timedelta(seconds=5)


def test_the_mover_stays_signed_in_and_the_move_is_written_down(admin: Browser) -> None:
    admin.post(CLOCK, unit="days", count="30")
    assert "Ahead of the world" in admin.get(CLOCK)
    with reading() as session:
        moves = session.scalars(select(AuditEvent).where(AuditEvent.action == "clock moved")).all()
    assert len(moves) == 1


def test_only_an_administrator_moves_it(app: Flask) -> None:
    billing = Browser(signed_in(app, Role.BILLING)[0])
    assert billing.post(CLOCK, unit="days", count="1").status_code == 403


def test_it_is_not_in_the_navigation_outside_a_demo(admin: Browser) -> None:
    assert f'href="{CLOCK}"' not in admin.get("/staff/")
