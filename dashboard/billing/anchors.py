"""The day of the month on which an office's cycles begin, and changing it (spec BIL-06)."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from dashboard.billing import months
from dashboard.cycles import boundary
from dashboard.models import Office


def next_start(office: Office) -> date:
    """The local day on which the office's next cycle begins: its open cycle's end, else its first day."""
    current = months.open_cycles([office]).get(office.id)
    assert office.next_boundary is not None
    return current.end if current else office.next_boundary.astimezone(ZoneInfo(office.time_zone)).date()


def change(office: Office, anchor: date) -> None:
    """Have the anchor taken up when the open cycle ends; no change where its boundaries are the same."""
    office.next_anchor_date = normalized(anchor, next_start(office))
    if office.next_anchor_date.day == (office.billing_cycle_anchor_date or anchor).day:
        office.next_anchor_date = None


def normalized(anchor: date, end: date) -> date:
    """The anchor whose first boundary, on or after the open cycle's end, comes within a month.

    It is that boundary, or, where its month is too short for the anchor's day, the one a month earlier: so
    the 31st comes back.
    """
    number = (end.year - anchor.year) * 12 + end.month - anchor.month
    number += boundary(anchor, number) < end
    first = boundary(anchor, number)
    return first if first.day == anchor.day else boundary(anchor, number - 1)
