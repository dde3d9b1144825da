"""What a link in a mail opens: exactly one order or one invoice (POR-01)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from dashboard import audit, catalog, client_links, clock, orders
from dashboard import intake as intakes
from dashboard.actor import acting, current
from dashboard.audit import Action
from dashboard.client_links import Opened
from dashboard.errors import NotFound
from dashboard.models import Invoice, Order, OrderStatus
from dashboard.unit import reading, writing
from dashboard.web.access import public
from dashboard.web.invoice_paper import paper
from dashboard.web.invoices_shown import whole
from dashboard.web.pages import page
from dashboard.web.public.shown import shown
from forms.orders import MissingAnswersForm

bp = Blueprint("links", __name__)
CLOSED = {OrderStatus.COMPLETED, OrderStatus.CANCELED}


@bp.get("/link/<string:token>")
@public
def show(token: str) -> ResponseReturnValue:
    subject = opened(token, clock.now())
    if isinstance(subject, Order):
        return drawn(token, subject, questions(subject))
    return drawn_invoice(token, subject)


@bp.get("/link/<string:token>/pdf")
@public
def pdf(token: str) -> Response:
    """The invoice as it was issued; that it was read is on the trail."""
    with writing_as_client():
        invoice = client_links.opened(token, clock.now())
        if not isinstance(invoice, Invoice):
            raise NotFound("link")
        audit.record(Action.DOCUMENT_READ, invoice)
    return paper(invoice)


@bp.post("/link/<string:token>/answers")
@public
def answer(token: str) -> ResponseReturnValue:
    now = clock.now()
    order = the_order(opened(token, now))
    form = questions(order)
    if form is None:
        flash("This order takes no more answers. Please write to us instead.", "error")
        return redirect(url_for(".show", token=token), 303)
    if not form.validate_on_submit():
        return drawn(token, order, form), 422

    with writing_as_client():
        order = the_order(client_links.opened(token, now))
        given = intakes.completed(orders.intake_of(order), intakes.checked(form.given()))
        orders.change_intake(order, given, now=now)
    flash("Thank you. Your answers are with us.")
    return redirect(url_for(".show", token=token), 303)


def opened(token: str, now: datetime) -> Opened:
    """What a link opens. Only the first opening is written down, so the page stays a reading one."""
    with reading():
        link = client_links.find(token, now)
        if link.opened_at is not None:
            return client_links.subject_of(link)
    with writing_as_client():
        return client_links.opened(token, now)


def the_order(subject: Opened) -> Order:
    """
    Raises:
        NotFound: the link opens no order.
    """
    if not isinstance(subject, Order):
        raise NotFound("link")
    return subject


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


def drawn_invoice(token: str, invoice: Invoice) -> str:
    with reading():
        context = whole(invoice)
    return page("public/link_invoice.html", pdf=url_for(".pdf", token=token), **context)
