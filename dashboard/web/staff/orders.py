"""The orders: a list that is what its URL says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import structlog
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from dashboard import catalog
from dashboard.models import Order
from dashboard.orders import lists
from dashboard.rights import Permission
from dashboard.unit import reading
from dashboard.web.access import me, require
from dashboard.web.pages import page
from dashboard.web.staff.lists import around
from dashboard.web.staff.shapes import order_href
from forms.order_lists import OrderFilterForm

ORDERS = "/staff/orders"
bp = Blueprint("orders", __name__, url_prefix=ORDERS)
NUMBER = re.compile(r"CO-[0-9A-Z]{10}")


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order in a list. Money is cents."""

    href: str
    number: str
    service: str
    customer: str | None
    npi: str | None
    payment_status: str
    status: str
    amount_cents: int
    created_at: datetime


@bp.before_request
def begin_story() -> None:
    """Every log line of a request about one order carries its number (FUL-14)."""
    number = str((request.view_args or {}).get("number"))
    if NUMBER.fullmatch(number):
        structlog.contextvars.bind_contextvars(order_number=number)


@bp.teardown_request
def end_story(_: BaseException | None) -> None:
    structlog.contextvars.unbind_contextvars("order_number")


@bp.get("")
@require(Permission.SEE_ORDERS)
def index() -> ResponseReturnValue:
    """Newest first."""
    form = OrderFilterForm(request.args)
    params = form.chosen()
    meets = lists.conditions(params)
    with reading():
        found = lists.page(meets, after=request.args.get("after"), before=request.args.get("before"))
        total = lists.count(meets)
    rows = [row_of(one.Order) for one in found.rows]
    context = around(ORDERS, params, form, found, total) | {"rows": rows}
    may_enter = me().may(Permission.CHANGE_ORDERS)
    return page("staff/orders.html", fragment="results", may_enter=may_enter, **context)


def row_of(order: Order) -> OrderRow:
    return OrderRow(
        href=order_href(order.order_number),
        number=order.order_number,
        service=service_name(order.service_slug),
        customer=order.customer_name,
        npi=order.npi,
        payment_status=order.payment_status.value,
        status=order.status.value,
        amount_cents=order.amount_cents + order.surcharge_cents,
        created_at=order.created_at,
    )


def service_name(slug: str) -> str:
    """The service's name; the slug itself where the catalog no longer has it."""
    known = catalog.BY_SLUG.get(slug)
    return known.name if known else slug
