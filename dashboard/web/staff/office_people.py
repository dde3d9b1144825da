"""The people of one office, for staff: who they are, and inviting its first administrator."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from dashboard import clock
from dashboard.models import Office, User
from dashboard.people import office_people
from dashboard.rights import Permission, Role
from dashboard.rows import found
from dashboard.unit import reading
from dashboard.web import inviting
from dashboard.web.access import require, stepped_up
from dashboard.web.pages import page
from dashboard.web.people_shown import listed, office_role
from forms.portal import ColleagueForm

bp = Blueprint("office_people", __name__, url_prefix="/staff/offices/<int:office_id>/people")


@bp.get("")
@require(Permission.SEE_PEOPLE)
def index(office_id: int) -> ResponseReturnValue:
    return _list(office_id, ColleagueForm(formdata=None, role=Role.OFFICE_ADMIN.value))


@bp.post("")
@require(Permission.CHANGE_PEOPLE)
@stepped_up
def invite(office_id: int) -> ResponseReturnValue:
    """An account of this office; its link goes by mail, or is shown once where no mail can be sent."""

    def make(email: str, name: str, role: Role) -> User:
        return office_people.invite(_office(office_id), email, name, role, now=clock.now())

    return inviting.invite(
        ColleagueForm(),
        make,
        drawn=lambda form: _list(office_id, form),
        done=lambda _: url_for(".index", office_id=office_id),
    )


def _office(office_id: int) -> Office:
    return found(Office, office_id, "office")


def _list(office_id: int, form: FlaskForm) -> str:
    with reading():
        office, people = _office(office_id), office_people.of(office_id)
    shown = listed(people, "people.show", office_role)
    return page("staff/office_people.html", office=office, people=shown, form=form)
