"""The wall's page: every list that should be empty, and what mends each row (spec FUL-13)."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dashboard import clock, reconcile
from dashboard.rights import Permission
from dashboard.unit import reading, writing
from dashboard.web.access import insist, me, require

bp = Blueprint("wall", __name__, url_prefix="/staff/wall")


@bp.get("")
@require(Permission.SEE_WALL)
def index() -> ResponseReturnValue:
    with reading() as session:
        lists = reconcile.shown(session, clock.now())
    return render_template("staff/wall.html", full=[each for each in lists if each.count], lists=lists)


@bp.post("/<string:key>/<int:row_id>/mending")
@require(Permission.SEE_WALL)
def mend(key: str, row_id: int) -> ResponseReturnValue:
    """Mend one row; the list says which further permission that takes."""
    wall = reconcile.named(key)
    if wall.mending.permission:
        insist(me(), wall.mending.permission)
    with writing() as session:
        reconcile.mend(session, wall, row_id, clock.now())
    flash(f"Asked for: {wall.mending.name.lower()}. The row leaves when that is done.")
    return redirect(url_for(".index", _anchor=key), 303)
