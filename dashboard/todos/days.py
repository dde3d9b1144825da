"""Days of the firm and the instants behind them: people think in days, todos keep UTC."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

END_OF_WORK = time(17, 0)
LOCK = timedelta(hours=2)  # how long a claim holds (FUL-11)


def due_instant(day: date, zone: tzinfo) -> datetime:
    """When work is over on this day of the firm: a todo due on a day is due then."""
    return datetime.combine(day, END_OF_WORK, zone)


def day_of(at: datetime, zone: tzinfo) -> date:
    """The firm's day that holds this instant."""
    return at.astimezone(zone).date()


def start_of_day(now: datetime, zone: tzinfo, *, days: int = 0) -> datetime:
    """Midnight of the firm's day that holds `now`, moved by whole days."""
    return datetime.combine(day_of(now, zone) + timedelta(days=days), time(), zone)
