"""The demo's clock: forward by hours, by days, to the next month; never back. A live system has none."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import audit, clock
from dashboard.audit import Action
from dashboard.billing import forecast
from dashboard.cycles import boundary
from dashboard.errors import NotFound
from dashboard.models import User
from dashboard.people import sessions
from dashboard.rights import Permission
from dashboard.unit import reading, writing
from dashboard.web import cookies
from dashboard.web.access import me, require
from dashboard.web.filters import when
from dashboard.web.pages import page
from dashboard.web.staff.shapes import zone
from forms.billing import ClockForm

bp = Blueprint("clock", __name__, url_prefix="/staff/clock")


@bp.before_request
def only_where_it_moves() -> None:
    """A live system's clock is the world's."""
    if _file() is None:
        raise NotFound("clock")


@bp.get("")
@require(Permission.MOVE_CLOCK)
def index() -> ResponseReturnValue:
    """What time it is here, and what each step would set off."""
    return page("staff/clock.html", **context(ClockForm(formdata=None)))


@bp.post("")
@require(Permission.MOVE_CLOCK)
def move() -> ResponseReturnValue:
    """Move on; all sessions of the time before end, but the mover's goes on."""
    form = ClockForm()
    if not form.validate_on_submit():
        return page("staff/clock.html", **context(form)), 422
    by = step(form.unit.data, form.count.data or 1, clock.now())
    with writing():
        audit.record(Action.CLOCK_MOVED, None, changes={"seconds": int(by.total_seconds())})
    advance(by)
    flash(f"It is {when(clock.now(), zone())} now. What is due is worked off within a minute.")
    return _stay_signed_in()


def context(form: ClockForm) -> dict[str, Any]:
    """All that staff/clock.html is given: the next month's run, office by office, only counted."""
    now = clock.now()
    then = now + step("month", 1, now)
    with reading():
        found = list(forecast.forecast(then))
    return {
        "form": form,
        "real": now - clock.offset(),
        "offset_days": clock.offset().days,
        "then": then,
        "offices": len(found),
        "invoices": sum(len(each.closing) for each in found),
        "closing": sum(sum(each.closing) for each in found),
        "patients": sum(opening.patients for each in found for opening in each.opening),
    }


def step(unit: str, count: int, now: datetime) -> timedelta:
    """How far that is from now; to the next month is to its first midnight in the firm's zone."""
    if unit == "month":
        first = boundary(now.astimezone(zone()).date().replace(day=1), 1)
        return datetime.combine(first, time(0, 1), zone()) - now
    return timedelta(**{unit: count})


def advance(by: timedelta) -> None:
    """Write the new offset for every process of the installation. Forward only."""
    file = _file()
    assert file is not None
    assert by > timedelta()
    clock.move_on(file, by)


def _file() -> Path | None:
    found: Path | None = current_app.extensions["settings"].clock_file
    return found


def _stay_signed_in() -> ResponseReturnValue:
    with writing() as session:
        user = session.get_one(User, me().user_id)
        agent = request.user_agent.string
        key = sessions.start(user, now=clock.now(), address=request.remote_addr, agent=agent)
    answer = make_response(redirect(url_for(".index"), 303))
    cookies.give_session(answer, key)
    return answer
