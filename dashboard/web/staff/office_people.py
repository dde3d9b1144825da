"""The people of one office, for staff: who they are, and inviting its first administrator."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from dashboard import clock
from dashboard.errors import Invalid
from dashboard.models import Office, User
from dashboard.people import invitations, office_people
from dashboard.rights import Permission, Role
from dashboard.rows import found
from dashboard.unit import reading, writing
from dashboard.web.access import require, stepped_up
from dashboard.web.inviting import invited
from dashboard.web.pages import page
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
    form = ColleagueForm()
    if not form.validate():
        return _list(office_id, form), 422
    try:
        with writing():
            office, role = found(Office, office_id, "office"), Role(form.role.data)
            user = office_people.invite(office, form.email.data, form.name.data, role, now=clock.now())
            link = invited(user)
    except Invalid as problem:
        form[problem.field].errors = [str(problem)]
        return _list(office_id, form), 422
    return _after_inviting(office_id, user, link)


def _after_inviting(office_id: int, user: User, link: str | None) -> ResponseReturnValue:
    if link is not None:
        return page("staff/people_link.html", link=link, person=user, hours=invitations.HOURS)
    flash("The invitation is on its way.")
    return redirect(url_for(".index", office_id=office_id), 303)


def _list(office_id: int, form: ColleagueForm) -> str:
    with reading():
        office, people = found(Office, office_id, "office"), office_people.of(office_id)
    people.sort(key=lambda user: (user.name or "").casefold())
    return page("staff/office_people.html", office=office, people=people, form=form)
