"""Entering an order by hand: paid offline, with a note, or to be paid later (spec CHK-06)."""

from __future__ import annotations

import secrets

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from dashboard import catalog, clock, orders
from dashboard import intake as intakes
from dashboard.catalog import Service
from dashboard.extensions import db
from dashboard.intake import Intake
from dashboard.models import Office, Order, OrderSource
from dashboard.rights import Permission
from dashboard.unit import reading, writing
from dashboard.web.access import require
from dashboard.web.pages import page
from dashboard.web.staff.orders import bp
from dashboard.web.staff.shapes import order_href
from forms.orders import ServiceForm, StaffOrderForm

MOST_OFFICES = 500


@bp.get("/new")
@require(Permission.CHANGE_ORDERS)
def new() -> ResponseReturnValue:
    """First which service, then its questions. The key in the form makes sending it twice one order."""
    slug = request.args.get("service")
    if not slug:
        return page("staff/order_new.html", service=None, form=ServiceForm(formdata=None))
    service = catalog.service(slug)
    npi = request.args.get("npi", "")[:20]
    form = StaffOrderForm(formdata=None, entry_key=secrets.token_urlsafe(32), npi=npi)
    prepare(form, service)
    return page("staff/order_new.html", service=service, form=form)


@bp.post("")
@require(Permission.CHANGE_ORDERS)
def create() -> ResponseReturnValue:
    service = catalog.service(request.args.get("service", ""))
    form = StaffOrderForm()
    prepare(form, service)
    if not form.validate_on_submit():
        return page("staff/order_new.html", service=service, form=form), 422

    with writing():
        order = placed(service, form)
    return redirect(order_href(order.order_number), 303)


def prepare(form: StaffOrderForm, service: Service) -> None:
    """Ask what the service asks, and offer the offices."""
    form.ask(service)
    known = select(Office.id, Office.code, Office.name).order_by(Office.code).limit(MOST_OFFICES)
    with reading() as session:
        offices = session.execute(known)
        form.office_id.choices = {0: "No office", **{id: f"{code} {name}" for id, code, name in offices}}


def placed(service: Service, form: StaffOrderForm) -> Order:
    """The order of a valid form. The client's email is the intake's, where that has none."""
    given = intakes.completed(Intake(email=form.customer_email.data or None), intakes.checked(form.given()))
    return orders.place(
        service,
        given,
        customer_name=form.customer_name.data,
        customer_email=form.customer_email.data,
        method=form.method.data,
        source=OrderSource.STAFF,
        entry_key=form.entry_key.data,
        now=clock.now(),
        office=db.session.get(Office, form.office_id.data) if form.office_id.data else None,
        paid_note=form.payment_note.data if form.paid.data else None,
    )
