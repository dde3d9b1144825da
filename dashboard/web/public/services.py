"""What we sell, for anybody to read (CAT-06)."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from dashboard import catalog
from dashboard.web.access import public
from dashboard.web.pages import page

bp = Blueprint("public_services", __name__)


@bp.get("/")
@bp.get("/services")
@public
def index() -> ResponseReturnValue:
    return page("public/services.html", services=catalog.SERVICES)
