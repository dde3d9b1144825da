"""Go to: one field that knows the numbers of orders and invoices and the codes of offices.

Everything else, an NPI too, is searched for in the queue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, request
from sqlalchemy import select

from dashboard.extensions import db
from dashboard.models import Invoice, Office, Order
from dashboard.rights import Permission
from dashboard.unit import reading
from dashboard.web.access import me, require

if TYPE_CHECKING:
    from sqlalchemy.orm import InstrumentedAttribute
    from werkzeug.wrappers import Response

    Column = InstrumentedAttribute[Any]

bp = Blueprint("go", __name__, url_prefix="/staff")
PLACES: tuple[tuple[Permission, Column, Column, str], ...] = (
    (Permission.SEE_ORDERS, Order.order_number, Order.order_number, "/staff/orders"),
    (Permission.SEE_OFFICES, Office.code, Office.id, "/staff/offices"),
    (Permission.SEE_INVOICES, Invoice.number, Invoice.id, "/staff/invoices"),
)


@bp.get("/go")
@require(Permission.SEE_QUEUE)
def to() -> Response:
    """Straight to what has this number or code, else to the queue's search. Never looks into patients."""
    sought = request.args.get("q", "").strip()[:200]
    with reading():
        place = place_of(sought.upper()) if sought else None
    return redirect(place or queue_search(sought), 303)


def place_of(number: str) -> str | None:
    """The page of the order, office or invoice, of those that one may see; None where there is none."""
    for right, column, key, path in PLACES:
        found = db.session.scalar(select(key).where(column == number)) if me().may(right) else None
        if found is not None:
            return f"{path}/{found}"
    return None


def queue_search(sought: str) -> str:
    """The queue's address with this search, or the whole queue where nothing was typed."""
    return "/staff/queue" + (f"?{urlencode({'view': 'open', 'q': sought})}" if sought else "")
