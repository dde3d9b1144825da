"""An office's subscription, by key: look, begin, change, cancel (spec OFF-02)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from dashboard import clock
from dashboard.billing import subscriptions
from dashboard.errors import NotFound
from dashboard.extensions import db
from dashboard.models import Office, Plan
from dashboard.unit import reading
from dashboard.web.api import rows, schemas
from dashboard.web.api.doing import Blueprint
from dashboard.web.api.finding import own_office
from dashboard.web.api.keys import may
from dashboard.web.api.rights import Right

bp = Blueprint(
    "api_subscriptions", __name__, url_prefix="/api/v1/billing", description="Subscriptions of offices."
)


@bp.get("/offices/<string:office_id>/subscription")
@may(Right.SEE_BILLING)
@bp.response(200, schemas.Subscription)
def show(office_id: str) -> Any:
    """Show an office's subscription."""
    with reading():
        return rows.subscription(_subscribed(office_id))


@bp.post("/offices/<string:office_id>/subscription")
@may(Right.CHANGE_BILLING)
@bp.arguments(schemas.NewSubscription)
@bp.acts(schemas.Subscription)
def start(told: dict[str, Any], office_id: str) -> Any:
    """Begin an office's subscription.

    Nothing before this instant is billed, however long ago the anchor lies.
    """
    office, plan = own_office(office_id), _plan(told["plan_id"])
    anchor, trial = told["billing_cycle_anchor_date"], told.get("trial_ends_on")
    subscriptions.start(office, plan, anchor, clock.now(), trial_ends_on=trial)
    return rows.subscription(office)


@bp.patch("/offices/<string:office_id>/subscription")
@may(Right.CHANGE_BILLING)
@bp.arguments(schemas.SubscriptionChange)
@bp.acts(schemas.Subscription, 200)
def change(told: dict[str, Any], office_id: str) -> Any:
    """Change an office's subscription.

    Plan, anchor and zone hold from the next period on, without proration.
    """
    office, now = _subscribed(office_id), clock.now()
    if "time_zone" in told:
        subscriptions.change_zone(office, told["time_zone"], now)
    if "plan_id" in told:
        subscriptions.change_plan(office, _plan(told["plan_id"]), now)
    if "billing_cycle_anchor_date" in told:
        subscriptions.change_anchor(office, told["billing_cycle_anchor_date"], now)
    return rows.subscription(office)


@bp.delete("/offices/<string:office_id>/subscription")
@may(Right.CHANGE_BILLING)
@bp.acts(schemas.Subscription, 200)
def cancel(office_id: str) -> Any:
    """Cancel an office's subscription at the end of its current period."""
    office = _subscribed(office_id)
    subscriptions.cancel(office, clock.now())
    return rows.subscription(office)


def _subscribed(office_id: str) -> Office:
    office = own_office(office_id)
    if office.subscription_status is None:
        raise NotFound("subscription")
    return office


def _plan(ref: str) -> Plan:
    plan = db.session.scalars(select(Plan).where(Plan.ref == ref)).first()
    if plan is None:
        raise NotFound("plan")
    return plan
