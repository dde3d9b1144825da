"""An office's subscription is its plan with us: it starts, changes, ends (spec OFF-02, BIL-06).

Every act first brings the office's months up to date, so it never matters when the monthly run came.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from dashboard import audit
from dashboard.audit import Action
from dashboard.background import later
from dashboard.billing import anchors, months, prices, statuses
from dashboard.billing.offices import checked_zone
from dashboard.billing.standing import refresh_status
from dashboard.cycles import boundary, boundary_after, first_instant, number_at
from dashboard.errors import DomainError, Invalid
from dashboard.extensions import db
from dashboard.models import Office, OfficeStatus, Plan, StatusChange

__all__ = [
    "NoSubscription",
    "SubscriptionRunning",
    "cancel",
    "change_anchor",
    "change_plan",
    "change_zone",
    "ends_at",
    "next_cycle_dates",
    "refresh_status",
    "start",
]

RUNNING = frozenset({OfficeStatus.ACTIVE, OfficeStatus.PAST_DUE, OfficeStatus.TRIALING})
CANCELED = "canceled"


class SubscriptionRunning(DomainError):
    """An office has one subscription at a time."""

    code = "SUBSCRIPTION_RUNNING"

    def __init__(self) -> None:
        super().__init__(
            "The office has a subscription already. Change it, or cancel it first; one that was canceled can "
            "start again once it has ended."
        )


class NoSubscription(DomainError):
    """There is nothing to change or cancel."""

    code = "NO_SUBSCRIPTION"

    def __init__(self) -> None:
        super().__init__("The office has no running subscription. Start one first.")


def start(office: Office, plan: Plan, anchor: date, now: datetime, trial_ends_on: date | None = None) -> None:
    """Begin an office's subscription now: trialing until `trial_ends_on` (a local day), else active.

    Its first cycle is the one that holds `now`, or the one that begins at the anchor where that is still to
    come. Nothing before `now` is billed, however long ago the anchor lies. One that was canceled starts
    again in the months that went on meanwhile.

    Raises:
        SubscriptionRunning, Invalid, NoPrice: it has one; the trial would be over already; the plan has no
            price yet.
    """
    office = _as_it_is(office, now)
    if office.subscription_status in RUNNING:
        raise SubscriptionRunning
    zone = ZoneInfo(office.time_zone)
    if trial_ends_on is not None and trial_ends_on <= now.astimezone(zone).date():
        raise Invalid("trial_ends_on", "The trial has to end after today. Leave it empty for none.")
    if office.next_boundary is None:
        _check_price(plan, _first_day(anchor, zone, now))
        _begin_at(office, anchor, zone, now)
    else:
        _check_price(plan, anchors.next_start(office))
        anchors.change(office, anchor)
    office.plan_id, office.next_plan_id, office.subscription_started_at = plan.id, None, now
    office.trial_ends_on = trial_ends_on
    first = OfficeStatus.TRIALING if trial_ends_on else OfficeStatus.ACTIVE
    office.subscription_status = first
    statuses.change(office, first, at=now, cause="started")
    audit.record(Action.SUBSCRIPTION_CREATED, office, changes={"plan": plan.ref, "status": first.value})
    months.up_to_date(office.id, now)


def change_plan(office: Office, plan: Plan, now: datetime) -> None:
    """Let the office have another plan from its next cycle on, without proration.

    Raises:
        NoSubscription, NoPrice: none is running; the plan has no price on the day the next cycle begins.
    """
    office = _running(office, now)
    _check_price(plan, anchors.next_start(office))
    office.next_plan_id = None if plan.id == office.plan_id else plan.id
    audit.record(Action.SUBSCRIPTION_CHANGED, office, changes={"fields": ["plan"], "plan": plan.ref})


def change_anchor(office: Office, anchor: date, now: datetime) -> None:
    """Let the office's months begin on another day, after the current cycle ends.

    What lies between is one short cycle, in which patients carried over are not charged again.

    Raises:
        NoSubscription: none is running.
    """
    office = _running(office, now)
    if office.id in months.open_cycles([office]):
        anchors.change(office, anchor)
    else:
        _begin_at(office, anchor, ZoneInfo(office.time_zone), now)
        months.up_to_date(office.id, now)
    audit.record(Action.SUBSCRIPTION_CHANGED, office, changes={"fields": ["anchor"]})


def change_zone(office: Office, time_zone: str, now: datetime) -> None:
    """Let the office's days begin in another zone from its next boundary on.

    The open cycle ends on the same local day, in the new zone; where that instant has passed already, it ends
    when the old zone says.

    Raises:
        UnknownZone: there is no such zone.
    """
    zone = ZoneInfo(checked_zone(time_zone))
    office = months.up_to_date(office.id, now)
    if office.time_zone == time_zone:
        return
    if office.next_boundary is not None:
        _move_boundary(office, first_instant(anchors.next_start(office), zone), now)
    office.time_zone = time_zone
    audit.record(Action.OFFICE_CHANGED, office, changes={"fields": ["time_zone"]})


def cancel(office: Office, now: datetime) -> datetime:
    """End the subscription with the office's current cycle; gives that instant (UTC).

    Until then all goes on as it is, a trial too. One whose first cycle has not begun ends at once.

    Raises:
        NoSubscription: none is running, or it was canceled already.
    """
    office = _running(office, now)
    current = months.open_cycles([office]).get(office.id)
    ends = current.end_utc if current else now
    statuses.change(office, OfficeStatus.CANCELED, at=ends, cause=CANCELED)
    office.trial_ends_on = office.next_plan_id = None
    if current is None:
        office.next_boundary, office.subscription_status = None, OfficeStatus.CANCELED
    audit.record(Action.SUBSCRIPTION_CANCELED, office)
    _look_again(office, ends)
    return ends


def ends_at(office: Office) -> datetime | None:
    """When a canceled subscription ends or ended (UTC); None where it goes on."""
    last = _last_change(office)
    return last.at if last and last.status is OfficeStatus.CANCELED else None


def next_cycle_dates(office: Office, count: int = 3) -> list[date]:
    """The local days on which the office's next cycles begin; none past the end of its subscription."""
    if office.subscription_status not in RUNNING or office.next_boundary is None or ends_at(office):
        return []
    anchor = office.next_anchor_date or office.billing_cycle_anchor_date
    assert anchor is not None
    days = [anchors.next_start(office)]
    while len(days) < count:
        days.append(boundary_after(anchor, days[-1]))
    return days[:count]


def _as_it_is(office: Office, now: datetime) -> Office:
    """The office, locked, its months and its status brought up to date."""
    office = months.up_to_date(office.id, now)
    refresh_status(office, now)
    return office


def _last_change(office: Office) -> StatusChange | None:
    changes = select(StatusChange).where(StatusChange.office_id == office.id)
    return db.session.scalar(changes.order_by(StatusChange.at.desc(), StatusChange.id.desc()).limit(1))


def _running(office: Office, now: datetime) -> Office:
    office = _as_it_is(office, now)
    if office.subscription_status not in RUNNING or ends_at(office):
        raise NoSubscription
    return office


def _begin_at(office: Office, anchor: date, zone: ZoneInfo, now: datetime) -> None:
    office.billing_cycle_anchor_date, office.next_anchor_date = anchor, None
    office.next_boundary = first_instant(_first_day(anchor, zone, now), zone)


def _first_day(anchor: date, zone: ZoneInfo, now: datetime) -> date:
    """When the first cycle begins: it holds `now`, or begins at the anchor if that is later."""
    return boundary(anchor, max(0, number_at(anchor, zone, now)))


def _move_boundary(office: Office, moved: datetime, now: datetime) -> None:
    """Let the open cycle end at another instant, if that is still to come; what ends with it, follows."""
    if moved <= now:
        return
    current, ending = months.open_cycles([office]).get(office.id), _last_change(office)
    if ending and ending.at == office.next_boundary:
        ending.at = moved
        _look_again(office, moved)
    if current:
        current.end_utc = moved
    office.next_boundary = moved


def _check_price(plan: Plan, day: date) -> None:
    """Refuse a plan that has no price when the next cycle begins."""
    prices.in_force(prices.of_plans([plan.id]), plan.id, day)


def _look_again(office: Office, at: datetime) -> None:
    key = f"status:{office.ref}:{at.isoformat()}"
    later("offices.refresh_status", key=key, run_after=at, office_id=office.id)
