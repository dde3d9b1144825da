"""The catalog as staff see it: every field of every service (spec CAT-01)."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from dashboard.catalog import SERVICES
from dashboard.rights import Permission
from dashboard.web.access import require
from dashboard.web.pages import page

bp = Blueprint("services", __name__, url_prefix="/staff/settings/services")


@bp.get("")
@require(Permission.SEE_SETTINGS)
def index() -> ResponseReturnValue:
    return page("staff/services.html", services=SERVICES)
