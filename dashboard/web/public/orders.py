"""Ordering a service: the answers, then the payment step, which for now is "we call you" (CHK-01)."""

from __future__ import annotations

import secrets

from flask import Blueprint, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from dashboard import catalog, clock, orders
from dashboard import intake as intakes
from dashboard.catalog import Service
from dashboard.intake import Intake
from dashboard.models import Order, OrderSource
from dashboard.unit import reading, writing
from dashboard.web.access import public
from dashboard.web.pages import page
from dashboard.web.public.shown import ShownOrder, shown
from forms.orders import OrderForm

bp = Blueprint("public_orders", __name__)
ORDERED = "ordered"


@bp.get("/order/<string:slug>")
@public
def new(slug: str) -> ResponseReturnValue:
    service = catalog.service(slug)
    form = OrderForm(entry_key=secrets.token_urlsafe(32), npi=request.args.get("npi", "")[:20])
    form.ask(service)
    return page("public/order.html", service=service, form=form)


@bp.post("/order/<string:slug>")
@public
def create(slug: str) -> ResponseReturnValue:
    service = catalog.service(slug)
    form = OrderForm()
    form.ask(service)
    if not form.validate_on_submit():
        return page("public/order.html", service=service, form=form), 422

    with writing():
        order = placed(service, form)
    session[ORDERED] = order.order_number
    return redirect(url_for(".received"), 303)


def placed(service: Service, form: OrderForm) -> Order:
    """The order of a valid form. The customer's email is the intake's, where that has none."""
    given = intakes.completed(Intake(email=form.customer_email.data), intakes.checked(form.given()))
    return orders.place(
        service,
        given,
        customer_name=form.customer_name.data,
        customer_email=form.customer_email.data,
        method=form.method.data,
        source=OrderSource.PUBLIC,
        entry_key=form.entry_key.data,
        now=clock.now(),
    )


@bp.get("/order-received")
@public
def received() -> ResponseReturnValue:
    return page("public/order_received.html", order=newest())


def newest() -> ShownOrder | None:
    """The order that this browser sent last."""
    number = session.get(ORDERED)
    if number is None:
        return None
    with reading() as unit:
        order = unit.scalar(select(Order).where(Order.order_number == number))
        return shown(order) if order else None
