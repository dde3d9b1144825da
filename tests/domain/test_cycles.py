"""Cycles are half-open months in the office's zone that never drift (BIL-02)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.cycles import boundary, boundary_after, cycle, first_instant, number_at

NEW_YORK = ZoneInfo("America/New_York")
ZONES = sorted(available_timezones() - {"Factory", "localtime"})
DAYS = st.dates(date(1990, 1, 1), date(2037, 12, 31))


@pytest.mark.parametrize(
    ("anchor", "number", "day"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
        (date(2026, 1, 31), 3, date(2026, 4, 30)),
        (date(2028, 1, 30), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
    ],
)
def test_the_anchors_day_is_kept_or_clamped_to_the_months_last(anchor: date, number: int, day: date) -> None:
    assert boundary(anchor, number) == day


@pytest.mark.parametrize(
    ("day", "zone", "utc"),
    [
        (date(2026, 3, 8), "America/New_York", "2026-03-08T05:00"),
        (date(2026, 3, 9), "America/New_York", "2026-03-09T04:00"),
        (date(2018, 11, 4), "America/Sao_Paulo", "2018-11-04T03:00"),  # clocks sprang from 00:00 to 01:00
        (date(2011, 12, 30), "Pacific/Apia", "2011-12-30T10:00"),  # that day did not happen
        (date(2026, 11, 1), "America/Havana", "2026-11-01T04:00"),  # midnight comes twice
        (date(2006, 10, 29), "America/St_Johns", "2006-10-29T02:30"),  # 00:01 went back to 23:01
        (date(2026, 1, 1), "Asia/Kathmandu", "2025-12-31T18:15"),
    ],
)
def test_a_day_begins_at_its_first_instant(day: date, zone: str, utc: str) -> None:
    assert first_instant(day, ZoneInfo(zone)) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@given(day=DAYS, zone=st.sampled_from(ZONES))
def test_the_instant_before_is_another_day(day: date, zone: str) -> None:
    local = ZoneInfo(zone)
    begins = first_instant(day, local)
    assert begins.astimezone(local).date() >= day
    assert (begins - timedelta(microseconds=1)).astimezone(local).date() < day


@given(anchor=DAYS, number=st.integers(-40, 240), zone=st.sampled_from(ZONES))
def test_cycles_follow_one_another_without_a_gap(anchor: date, number: int, zone: str) -> None:
    local = ZoneInfo(zone)
    this, following = cycle(anchor, number, local), cycle(anchor, number + 1, local)
    assert (this.end, this.end_utc) == (following.start, following.start_utc)
    assert this.start_utc < this.end_utc


@given(anchor=DAYS, zone=st.sampled_from(ZONES), seconds=st.integers(0, 10**9))
def test_every_instant_lies_in_the_cycle_that_claims_it(anchor: date, zone: str, seconds: int) -> None:
    local, at = ZoneInfo(zone), datetime(1995, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    claimed = cycle(anchor, number_at(anchor, local, at), local)
    assert claimed.start_utc <= at < claimed.end_utc


def test_a_boundary_belongs_to_the_cycle_that_it_begins() -> None:
    begins = first_instant(date(2026, 2, 28), NEW_YORK)
    assert number_at(date(2026, 1, 31), NEW_YORK, begins) == 1
    assert number_at(date(2026, 1, 31), NEW_YORK, begins - timedelta(microseconds=1)) == 0


@given(anchor=DAYS, number=st.integers(0, 240))
def test_after_each_boundary_comes_the_next(anchor: date, number: int) -> None:
    assert boundary_after(anchor, boundary(anchor, number)) == boundary(anchor, number + 1)


@given(anchor=DAYS, days=st.integers(1, 4000))
def test_no_boundary_lies_before_the_anchor(anchor: date, days: int) -> None:
    assert boundary_after(anchor, anchor - timedelta(days=days)) == anchor
