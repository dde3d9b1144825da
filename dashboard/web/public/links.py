"""What a link in a mail opens: exactly one order, its state and the answers it still needs (POR-01)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from dashboard import catalog, clock, orders
from dashboard import intake as intakes
from dashboard.actor import acting, current
from dashboard.models import Order, OrderStatus
from dashboard.orders import client_links
from dashboard.unit import reading, writing
from dashboard.web.access import public
from dashboard.web.pages import page
from dashboard.web.public.shown import shown
from forms.orders import MissingAnswersForm

bp = Blueprint("links", __name__)
CLOSED = {OrderStatus.COMPLETED, OrderStatus.CANCELED}


@bp.get("/link/<string:token>")
@public
def show(token: str) -> ResponseReturnValue:
    order = opened(token, clock.now())
    return drawn(token, order, questions(order))


@bp.post("/link/<string:token>/answers")
@public
def answer(token: str) -> ResponseReturnValue:
    now = clock.now()
    order = opened(token, now)
    form = questions(order)
    if form is None:
        flash("This order takes no more answers. Please write to us instead.", "error")
        return redirect(url_for(".show", token=token), 303)
    if not form.validate_on_submit():
        return drawn(token, order, form), 422

    with writing_as_client():
        order = client_links.opened(token, now)
        given = intakes.completed(orders.intake_of(order), intakes.checked(form.given()))
        orders.change_intake(order, given, now=now)
    flash("Thank you. Your answers are with us.")
    return redirect(url_for(".show", token=token), 303)


def opened(token: str, now: datetime) -> Order:
    """The order of a link. Only the first opening is written down, so the page stays a reading one."""
    with reading() as unit:
        link = client_links.find(token, now)
        if link.opened_at is not None:
            return unit.get_one(Order, link.order_id)
    with writing_as_client():
        return client_links.opened(token, now)


@contextmanager
def writing_as_client() -> Iterator[None]:
    """A writing unit whose audit events say that the holder of a link did it."""
    with acting(replace(current(), name="client")), writing():
        yield


def questions(order: Order) -> MissingAnswersForm | None:
    """The form of what is not answered yet; None where nothing is asked any more."""
    if order.status in CLOSED:
        return None
    form = MissingAnswersForm()
    form.ask(catalog.service(order.service_slug))
    form.keep_open(orders.intake_of(order))
    return form if form.answers() else None


def drawn(token: str, order: Order, form: MissingAnswersForm | None) -> str:
    action = url_for(".answer", token=token)
    return page("public/link_order.html", order=shown(order), form=form, action=action)
