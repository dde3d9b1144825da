"""Billing cycles: half-open months in an office's own zone, that never drift (spec BIL-02).

The boundary b_k is the first instant of a local day: the day of the anchor in the k-th month, or that
month's last day where it is shorter. Each boundary is reckoned from the original anchor, so the 31st comes
back after February.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Cycle:
    """[start, end): local days, and the same two instants in UTC."""

    number: int
    start: date
    end: date
    start_utc: datetime
    end_utc: datetime


def boundary(anchor: date, number: int) -> date:
    """The local day on which the cycle `number` begins; the anchor itself begins cycle 0."""
    months = anchor.year * 12 + anchor.month - 1 + number
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(anchor.day, monthrange(year, month)[1]))


def first_instant(day: date, zone: ZoneInfo) -> datetime:
    """The first instant (UTC) at which it is `day` in this zone.

    That is midnight; where a change of the clocks skips midnight, or the whole day, the instant after the
    gap. Where midnight comes twice, it is the first.
    """
    midnight = datetime.combine(day, time(), zone).astimezone(UTC)
    if midnight.astimezone(zone).replace(tzinfo=None) == datetime.combine(day, time()):
        return midnight
    return _end_of_gap(day, zone, midnight - timedelta(days=2), midnight + timedelta(days=2))


def _end_of_gap(day: date, zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The second, between an instant before the day and one after, at which the day is reached."""
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).date() >= day:
            after = middle
        else:
            before = middle
    return after


def cycle(anchor: date, number: int, zone: ZoneInfo) -> Cycle:
    """The cycle of this number."""
    start, end = boundary(anchor, number), boundary(anchor, number + 1)
    return Cycle(number, start, end, first_instant(start, zone), first_instant(end, zone))


def boundary_after(anchor: date, day: date) -> date:
    """The first boundary later than `day`, but never before the anchor."""
    number = max(0, (day.year - anchor.year) * 12 + day.month - anchor.month)
    return next(each for step in range(2) if (each := boundary(anchor, number + step)) > day)


def number_at(anchor: date, zone: ZoneInfo, at: datetime) -> int:
    """Which cycle holds this instant (UTC); negative before the anchor."""
    local = at.astimezone(zone)
    number = (local.year - anchor.year) * 12 + local.month - anchor.month
    while first_instant(boundary(anchor, number), zone) > at:
        number -= 1
    while first_instant(boundary(anchor, number + 1), zone) <= at:
        number += 1
    return number
