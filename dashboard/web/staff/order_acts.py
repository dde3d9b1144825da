"""One order's page, and what a person can do to it."""

from __future__ import annotations

from datetime import date, datetime, time

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from dashboard import audit, clock, orders
from dashboard.audit import Action
from dashboard.errors import StaleVersion
from dashboard.models import Order
from dashboard.orders import client_links, lists
from dashboard.rights import Permission
from dashboard.unit import reading, writing
from dashboard.web.access import me, require
from dashboard.web.pages import page
from dashboard.web.staff import order_conflicts
from dashboard.web.staff.order_page import Forms, context, ways_to_pay
from dashboard.web.staff.orders import bp
from dashboard.web.staff.shapes import order_href, zone
from forms.orders import CancelOrderForm, LinkForm, PaymentForm

NOON = time(12, 0)


@bp.get("/<string:number>")
@require(Permission.SEE_ORDERS)
def show(number: str) -> ResponseReturnValue:
    """The whole order: facts, answers, work, messages, and its story."""
    return page("staff/order.html", **context(number, Forms.blank()))


@bp.post("/<string:number>/disclosure")
@require(Permission.SEE_SENSITIVE)
def disclose(number: str) -> ResponseReturnValue:
    """The same page with the masked answers in clear, this once; that it was asked for is on the trail."""
    with writing():
        audit.record(Action.SENSITIVE_SHOWN, lists.by_number(number), changes={"fields": ["intake"]})
    return page("staff/order.html", **context(number, Forms.blank(), revealed=True))


@bp.post("/<string:number>/payment")
@require(Permission.RECORD_PAYMENTS)
def pay(number: str) -> ResponseReturnValue:
    """Record a payment that came outside Stripe; the work starts."""
    form = PaymentForm()
    with reading():
        form.method.choices = ways_to_pay(lists.by_number(number))
    if not form.validate_on_submit():
        return mended(number, form)
    try:
        with writing():
            record(at_version(number, form), form)
    except StaleVersion:
        return order_conflicts.stale(number, form)
    flash("Payment recorded. The work starts.")
    return redirect(order_href(number), 303)


def record(order: Order, form: PaymentForm) -> None:
    now = clock.now()
    orders.record_payment(
        order,
        method=form.method.data,
        note=form.payment_note.data,
        paid_at=paid_at(form.paid_on.data, now),
        now=now,
    )


def paid_at(day: date | None, now: datetime) -> datetime:
    """The instant a payment counts from: now for today, else noon of that day of the firm."""
    if day is None or day == now.astimezone(zone()).date():
        return now
    return datetime.combine(day, NOON, zone())


@bp.post("/<string:number>/cancellation")
@require(Permission.CHANGE_ORDERS)
def cancel(number: str) -> ResponseReturnValue:
    form = CancelOrderForm()
    if not form.validate_on_submit():
        return mended(number, form)
    try:
        with writing():
            order = at_version(number, form)
            orders.cancel(order, cause=form.cause.data, now=clock.now(), by=me().user_id)
    except StaleVersion:
        return order_conflicts.stale(number, None)
    flash("Order canceled.")
    return redirect(order_href(number), 303)


@bp.post("/<string:number>/client-link")
@require(Permission.RESEND_MESSAGES)
def send_link(number: str) -> ResponseReturnValue:
    """Mail the client a new link, to the address the first one went to."""
    if LinkForm().validate_on_submit():
        with writing():
            client_links.send_again(lists.by_number(number, lock=True), clock.now())
        flash("A new link is on its way to the client.")
    return redirect(order_href(number), 303)


@bp.post("/<string:number>/client-link/revocation")
@require(Permission.RESEND_MESSAGES)
def revoke_links(number: str) -> ResponseReturnValue:
    """Take back every link that is out."""
    if LinkForm().validate_on_submit():
        with writing():
            count = client_links.revoke(lists.by_number(number, lock=True), clock.now())
        flash("One link taken back." if count == 1 else f"{count} links taken back.")
    return redirect(order_href(number), 303)


def mended(number: str, form: FlaskForm) -> ResponseReturnValue:
    """The page again, with what was typed and what is wrong with it."""
    return page("staff/order.html", **context(number, Forms.blank().with_one(form))), 422


def at_version(number: str, form: FlaskForm) -> Order:
    """The order, locked, if nobody saved it since the form was opened.

    Raises:
        StaleVersion: somebody did.
    """
    order = lists.by_number(number, lock=True)
    if order.version != form.version.data:
        raise StaleVersion("order")
    return order
