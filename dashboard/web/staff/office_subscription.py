"""An office's subscription: start it, change plan, first day or zone, cancel it (spec OFF-02)."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from dashboard import clock
from dashboard.billing import subscriptions
from dashboard.models import Plan
from dashboard.rights import Permission
from dashboard.rows import found
from dashboard.unit import reading
from dashboard.web.access import require
from dashboard.web.staff.office_acts import done
from dashboard.web.staff.office_page import plan_choices
from dashboard.web.staff.offices import bp
from forms.offices import AnchorForm, CancelSubscriptionForm, PlanForm, StartForm, ZoneForm


def _offering(form: StartForm | PlanForm) -> None:
    with reading():
        form.plan.choices = plan_choices()


@bp.post("/<int:office_id>/subscription")
@require(Permission.CHANGE_SUBSCRIPTIONS)
def start(office_id: int) -> ResponseReturnValue:
    form = StartForm()
    _offering(form)
    return done(
        office_id,
        form,
        lambda office: subscriptions.start(
            office,
            found(Plan, form.plan.data, "plan"),
            form.anchor.data,
            clock.now(),
            form.trial_ends_on.data,
        ),
        "The subscription has begun.",
    )


@bp.post("/<int:office_id>/plan")
@require(Permission.CHANGE_SUBSCRIPTIONS)
def change_plan(office_id: int) -> ResponseReturnValue:
    form = PlanForm()
    _offering(form)
    return done(
        office_id,
        form,
        lambda office: subscriptions.change_plan(office, found(Plan, form.plan.data, "plan"), clock.now()),
        "The plan holds from the next month on.",
    )


@bp.post("/<int:office_id>/anchor")
@require(Permission.CHANGE_SUBSCRIPTIONS)
def change_anchor(office_id: int) -> ResponseReturnValue:
    form = AnchorForm()
    return done(
        office_id,
        form,
        lambda office: subscriptions.change_anchor(office, form.anchor.data, clock.now()),
        "The new first day holds when the running month ends.",
    )


@bp.post("/<int:office_id>/time-zone")
@require(Permission.CHANGE_SUBSCRIPTIONS)
def change_zone(office_id: int) -> ResponseReturnValue:
    form = ZoneForm()
    return done(
        office_id,
        form,
        lambda office: subscriptions.change_zone(office, form.time_zone.data, clock.now()),
        "The new zone holds from the next month on.",
    )


@bp.post("/<int:office_id>/cancellation")
@require(Permission.CHANGE_SUBSCRIPTIONS)
def cancel(office_id: int) -> ResponseReturnValue:
    form = CancelSubscriptionForm()
    return done(
        office_id,
        form,
        lambda office: subscriptions.cancel(office, clock.now()),
        "Canceled: it ends with the running month.",
    )
