"""The portal's first page: what is to be paid, the last invoices, this month; and how to pay."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from dashboard.billing import firm, office_invoices, subscriptions, usage
from dashboard.rights import Permission
from dashboard.unit import reading
from dashboard.web.access import require
from dashboard.web.invoices_shown import shown
from dashboard.web.pages import page
from dashboard.web.portal.own import office, office_id

LAST = 5
bp = Blueprint("portal", __name__, url_prefix="/portal")


@bp.get("/")
@require(Permission.SEE_PORTAL)
def index() -> ResponseReturnValue:
    with reading():
        mine = office()
        to_pay = office_invoices.to_pay(mine.id)
        last = office_invoices.page(mine.id, after=None, before=None, size=LAST)
        now_running = usage.so_far(mine.id)
        ends = subscriptions.ends_at(mine)
    return page(
        "portal/home.html",
        office=mine,
        balance=sum(invoice.rest_cents for invoice in to_pay),
        first=shown(to_pay[0]) if to_pay else None,
        invoices=[shown(row.Invoice) for row in last.rows],
        so_far=now_running,
        ends=ends,
        due_days=firm.ours().due_days,
    )


@bp.get("/payment")
@require(Permission.PAY)
def pay() -> ResponseReturnValue:
    """How to pay: each open invoice by its own link where there is one, else by check or wire."""
    with reading():
        to_pay = office_invoices.to_pay(office_id())
    return page("portal/payment.html", invoices=[shown(invoice) for invoice in to_pay], firm=firm.ours())
