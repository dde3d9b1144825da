"""Go to: one field that knows order numbers and NPIs, and searches the queue for everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, redirect, request
from sqlalchemy import select

from dashboard.models import Order
from dashboard.rights import Permission
from dashboard.unit import reading
from dashboard.web.access import require

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("go", __name__, url_prefix="/staff")


@bp.get("/go")
@require(Permission.SEE_QUEUE)
def to() -> Response:
    """Straight to the order of this number, else to the queue's search. Never looks into patients."""
    sought = request.args.get("q", "").strip()[:200]
    with reading() as session:
        number = session.scalar(select(Order.order_number).where(Order.order_number == sought.upper()))
    return redirect(f"/staff/orders/{number}" if number else queue_search(sought), 303)


def queue_search(sought: str) -> str:
    """The queue's address with this search, or the whole queue where nothing was typed."""
    return "/staff/queue" + (f"?{urlencode({'view': 'open', 'q': sought})}" if sought else "")
