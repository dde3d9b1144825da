"""The schedule: each tick once, missed ones caught up, at the firm's hour through summer and winter time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from dashboard.models import Job, Occurrence
from dashboard.unit import reading
from jobs.schedule import Schedule, daily, every, tick

NEW_YORK = ZoneInfo("America/New_York")
HALF_THREE = daily(time(3, 30), NEW_YORK)
DAILY = Schedule("retention", "upkeep.purge", HALF_THREE)
EACH = Schedule("upsell", "upkeep.purge", HALF_THREE, each=True)


def jobs() -> int:
    with reading() as session:
        return int(session.scalar(select(func.count()).select_from(Job)) or 0)


@pytest.mark.both
def test_the_first_start_asks_for_nothing(app: Flask, now: datetime) -> None:
    assert tick(DAILY, now) == 0
    assert jobs() == 0


@pytest.mark.both
def test_a_tick_comes_once_when_its_time_has_come(app: Flask, now: datetime) -> None:
    tick(DAILY, now)
    assert [tick(DAILY, now + timedelta(hours=hours)) for hours in (1, 24, 24, 25)] == [0, 1, 0, 0]


@pytest.mark.both
def test_of_missed_ticks_only_the_newest_runs_unless_each_counts(app: Flask, now: datetime) -> None:
    for schedule in (DAILY, EACH):
        tick(schedule, now)
    assert tick(DAILY, now + timedelta(days=4)) == 1
    assert tick(EACH, now + timedelta(days=4)) == 4


@pytest.mark.both
def test_two_schedulers_never_double_a_tick(app: Flask, now: datetime) -> None:
    tick(EACH, now)

    def scheduler(_: int) -> int:
        with app.app_context():
            return tick(EACH, now + timedelta(days=3))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(scheduler, range(4))) == 3
    assert jobs() == 3


def test_a_long_absence_costs_one_row_not_thousands(app: Flask, now: datetime) -> None:
    often = Schedule("waiting mail", "mail.sweep", every(timedelta(minutes=5)))
    tick(often, now)
    assert tick(often, now + timedelta(days=365)) == 1
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Occurrence)) == 2


@pytest.mark.parametrize(
    ("after", "due"),
    [
        (datetime(2026, 3, 7, 12, tzinfo=UTC), datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),  # clocks go forward
        (datetime(2026, 3, 8, 12, tzinfo=UTC), datetime(2026, 3, 9, 7, 30, tzinfo=UTC)),
        (datetime(2026, 10, 31, 12, tzinfo=UTC), datetime(2026, 11, 1, 8, 30, tzinfo=UTC)),  # and back
        (datetime(2026, 1, 5, 8, 30, tzinfo=UTC), datetime(2026, 1, 6, 8, 30, tzinfo=UTC)),
    ],
)
def test_half_past_three_is_the_firms_all_year(after: datetime, due: datetime) -> None:
    assert HALF_THREE(after) == due


def test_an_hour_that_spring_skips_comes_an_hour_later_and_one_that_autumn_repeats_comes_once() -> None:
    half_two, half_one = daily(time(2, 30), NEW_YORK), daily(time(1, 30), NEW_YORK)
    assert half_two(datetime(2026, 3, 8, 5, tzinfo=UTC)) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    first = half_one(datetime(2026, 11, 1, 4, tzinfo=UTC))
    assert first == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert half_one(first) == datetime(2026, 11, 2, 6, 30, tzinfo=UTC)
