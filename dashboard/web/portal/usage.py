"""What the office used, month by month: counts and amounts, as a picture and as its table."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from dashboard.billing import usage
from dashboard.billing.usage import Month
from dashboard.rights import Permission
from dashboard.unit import reading
from dashboard.web import picture
from dashboard.web.access import require
from dashboard.web.pages import page
from dashboard.web.portal.own import office_id

bp = Blueprint("portal_usage", __name__, url_prefix="/portal/usage")
MOST = 12


@bp.get("")
@require(Permission.SEE_PORTAL)
def index() -> ResponseReturnValue:
    with reading():
        months = usage.months(office_id())
    drawn = picture.bars([counted(month) for month in months[:MOST][::-1]])
    return page("portal/usage.html", months=months, bars=drawn)


def counted(month: Month) -> picture.Amount:
    """The month's patients, for its bar."""
    words = f"{month.count:,}"
    exact = "1 patient" if month.count == 1 else f"{words} patients"
    return picture.Amount(month.start, month.count, words, exact, month.is_open)
