"""When a billing month begins, by looking at every minute: slow, and too plain to be wrong (BIL-02)."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


@cache
def first_instant(day: date, zone: str) -> datetime:
    """The first minute (UTC) at which a calendar there shows `day`, or a later day if it never does."""
    local = ZoneInfo(zone)
    instant = datetime.combine(day - timedelta(days=2), time(), UTC)
    while instant.astimezone(local).date() < day:
        instant += MINUTE
    return instant


def is_boundary(day: date, anchor: date) -> bool:
    """Whether a billing month anchored here begins on this day: the anchor's day, or the month's last."""
    last = calendar.monthrange(day.year, day.month)[1]
    return day.day == min(anchor.day, last)


@cache
def next_boundary(day: date, anchor: date) -> date:
    """The first day after `day` on which a billing month anchored here begins."""
    day += timedelta(days=1)
    while not is_boundary(day, anchor):
        day += timedelta(days=1)
    return day
