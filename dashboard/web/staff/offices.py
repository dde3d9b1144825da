"""The offices, and the orders of each. Their billing joins later."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from dashboard.models import Office, Order
from dashboard.rights import Permission
from dashboard.rows import found
from dashboard.unit import reading
from dashboard.web.access import require
from dashboard.web.pages import page
from dashboard.web.staff.orders import row_of

bp = Blueprint("offices", __name__, url_prefix="/staff/offices")
MOST = 500


@bp.get("")
@require(Permission.SEE_OFFICES)
def index() -> ResponseReturnValue:
    with reading() as session:
        offices = session.scalars(select(Office).order_by(Office.code).limit(MOST)).all()
    return page("staff/offices.html", offices=offices)


@bp.get("/<int:office_id>")
@require(Permission.SEE_OFFICES)
def show(office_id: int) -> ResponseReturnValue:
    with reading() as session:
        office = found(Office, office_id, "office")
        newest = select(Order).where(Order.office_id == office_id).order_by(Order.id.desc()).limit(MOST)
        orders = [row_of(order) for order in session.scalars(newest)]
    return page("staff/office.html", office=office, rows=orders)
