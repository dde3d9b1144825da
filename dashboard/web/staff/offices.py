"""The offices: a list that is what its URL says, and one page that gathers everything about one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from dashboard.billing import office_lists
from dashboard.rights import Permission
from dashboard.unit import reading
from dashboard.web.access import me, require
from dashboard.web.pages import page
from dashboard.web.staff.lists import around
from dashboard.web.staff.office_page import Forms, context, local_day, office_href
from forms.offices import OfficeFilterForm

OFFICES = "/staff/offices"
bp = Blueprint("offices", __name__, url_prefix=OFFICES)


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """One office in the list. `owed_cents` is what is open of its issued invoices; `next` a local day."""

    href: str
    code: str
    name: str
    status: str
    plan: str | None
    next: date | None
    patients: int
    owed_cents: int
    parked_at: datetime | None
    is_verified: bool


@bp.get("")
@require(Permission.SEE_OFFICES)
def index() -> ResponseReturnValue:
    """In the order in which they joined."""
    form = OfficeFilterForm(request.args)
    params = form.chosen()
    meets = office_lists.conditions(params)
    with reading():
        found = office_lists.page(meets, after=request.args.get("after"), before=request.args.get("before"))
        total = office_lists.count(meets)
    context = around(OFFICES, params, form, found, total) | {"rows": [row_of(one) for one in found.rows]}
    may_change = me().may(Permission.CHANGE_OFFICES)
    return page("staff/offices.html", fragment="results", may_change=may_change, **context)


@bp.get("/<int:office_id>")
@require(Permission.SEE_OFFICES)
def show(office_id: int) -> ResponseReturnValue:
    """Its subscription, its months, what it owes, who belongs to it."""
    return page("staff/office.html", **context(office_id, Forms.blank()))


def row_of(one: Any) -> OfficeRow:
    office = one.Office
    status = office.subscription_status
    return OfficeRow(
        href=office_href(office.id),
        code=office.code,
        name=office.name,
        status=status.value if status else "none",
        plan=one.plan,
        next=local_day(office.next_boundary, office.time_zone),
        patients=one.patients,
        owed_cents=int(one.owed),
        parked_at=office.parked_at,
        is_verified=office.verified_at is not None,
    )
