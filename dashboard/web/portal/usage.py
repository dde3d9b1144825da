"""What the office used, month by month: counts and amounts, as a picture and as its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint
from flask.typing import ResponseReturnValue

from dashboard.billing import usage
from dashboard.billing.usage import Month
from dashboard.rights import Permission
from dashboard.unit import reading
from dashboard.web.access import require
from dashboard.web.pages import page
from dashboard.web.portal.own import office_id

bp = Blueprint("portal_usage", __name__, url_prefix="/portal/usage")
WIDTH, HEIGHT, GAP, MOST = 720, 120, 24, 12


@dataclass(frozen=True, slots=True)
class Bar:
    """One month in the picture, in its units. `label` stands below, where there is room."""

    x: float
    y: float
    width: float
    height: float
    label: str
    is_open: bool


@bp.get("")
@require(Permission.SEE_PORTAL)
def index() -> ResponseReturnValue:
    with reading():
        months = usage.months(office_id())
    drawn = bars(months[:MOST][::-1])
    return page("portal/usage.html", months=months, bars=drawn, width=WIDTH, height=HEIGHT)


def bars(months: Sequence[Month]) -> list[Bar]:
    """The months from left to right, the highest as high as the picture."""
    most = max((month.count for month in months), default=0) or 1
    step = WIDTH / max(len(months), MOST)
    return [_bar(month, place * step, step - GAP, most) for place, month in enumerate(months)]


def _bar(month: Month, x: float, width: float, most: int) -> Bar:
    height = round(HEIGHT * month.count / most, 1)
    return Bar(
        round(x, 1), round(HEIGHT - height, 1), round(width, 1), height, f"{month.start:%b}", month.is_open
    )
