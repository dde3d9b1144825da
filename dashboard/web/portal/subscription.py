"""The office's subscription: plan, state, what comes next; and canceling it (spec OFF-01, POR-01)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from dashboard import clock
from dashboard.billing import farewell, subscriptions, usage
from dashboard.billing.subscriptions import RUNNING, NoSubscription
from dashboard.errors import StaleVersion
from dashboard.models import Office, OfficeStatus, Plan, User
from dashboard.rights import Permission
from dashboard.rows import found, locked
from dashboard.unit import reading, writing
from dashboard.web.access import me, require
from dashboard.web.filters import day_words
from dashboard.web.pages import page
from dashboard.web.portal.own import office, office_id
from forms.portal import CancellationForm

bp = Blueprint("portal_subscription", __name__, url_prefix="/portal/subscription")
WORDS: Mapping[OfficeStatus | None, tuple[str, str]] = {
    None: ("pending", "Not started yet"),
    OfficeStatus.ACTIVE: ("ok", "Active"),
    OfficeStatus.TRIALING: ("active", "On trial: nothing is charged yet"),
    OfficeStatus.PAST_DUE: ("past_due", "Past due: an invoice is late"),
    OfficeStatus.CANCELED: ("canceled", "Canceled"),
    OfficeStatus.INACTIVE: ("pending", "Not active"),
}


@bp.get("")
@require(Permission.SEE_PORTAL)
def show() -> ResponseReturnValue:
    with reading() as session:
        mine = office()
        plan = session.get(Plan, mine.plan_id) if mine.plan_id else None
        running, ends = usage.so_far(mine.id), subscriptions.ends_at(mine)
        days = subscriptions.next_cycle_dates(mine)
    mark, word = WORDS[mine.subscription_status]
    return page(
        "portal/subscription.html",
        office=mine,
        plan=plan.name if plan else None,
        unit_cents=running.month.unit_cents if running else None,
        mark=mark,
        word=word,
        days=days,
        ends_on=local_day(ends, mine),
        may_cancel=me().may(Permission.END_SUBSCRIPTION) and mine.subscription_status in RUNNING and not ends,
    )


@bp.get("/cancellation")
@require(Permission.END_SUBSCRIPTION)
def confirm() -> ResponseReturnValue:
    """What canceling does, and the tick that is asked for before it."""
    return _confirming(CancellationForm(formdata=None))


@bp.post("/cancellation")
@require(Permission.END_SUBSCRIPTION)
def cancel() -> ResponseReturnValue:
    """End it with the month that is running, and say so by mail."""
    form, now = CancellationForm(), clock.now()
    if not form.validate():
        return _confirming(form), 422
    with writing():
        mine = locked(Office, office_id(), "office")
        if mine.version != form.version.data:
            raise StaleVersion("subscription")
        ends = subscriptions.cancel(mine, now)
        farewell.confirm(mine, ends, found(User, me().user_id, "person"), now)
    flash(f"The subscription ends on {day_words(ends.astimezone(ZoneInfo(mine.time_zone)).date())}.")
    return redirect(url_for(".show"), 303)


def local_day(at: datetime | None, of: Office) -> date | None:
    """The office's day of an instant."""
    return at.astimezone(ZoneInfo(of.time_zone)).date() if at else None


def _confirming(form: CancellationForm) -> str:
    with reading():
        mine = office()
        running, is_over = usage.so_far(mine.id), subscriptions.ends_at(mine)
    if is_over or mine.subscription_status not in RUNNING:
        raise NoSubscription
    form.version.data = form.version.data or mine.version
    return page("portal/cancellation.html", form=form, ends_on=running.month.end if running else None)
