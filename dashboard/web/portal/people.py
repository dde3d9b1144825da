"""The office's people: its administrators invite, give roles and shut accounts (spec section 0)."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from dashboard import clock
from dashboard.errors import Invalid
from dashboard.models import User
from dashboard.people import accounts, office_people
from dashboard.rights import Permission, Role
from dashboard.unit import reading, writing
from dashboard.web import inviting
from dashboard.web.access import me, require, stepped_up
from dashboard.web.pages import page
from dashboard.web.people_shown import listed, office_role
from dashboard.web.portal.own import office, office_id, own
from forms.portal import ColleagueForm, OfficeRoleForm

bp = Blueprint("portal_people", __name__, url_prefix="/portal/people")


@bp.get("")
@require(Permission.CHANGE_OFFICE_PEOPLE)
def index() -> ResponseReturnValue:
    return _list(ColleagueForm(formdata=None))


@bp.post("")
@require(Permission.CHANGE_OFFICE_PEOPLE)
@stepped_up
def invite() -> ResponseReturnValue:
    """An account for a colleague; its link goes by mail, or is shown here once where no mail can be sent."""
    now = clock.now()
    return inviting.invite(
        ColleagueForm(),
        lambda email, name, role: office_people.invite(office(), email, name, role, now=now),
        drawn=_list,
        done=lambda _: url_for(".index"),
    )


@bp.get("/<string:ref>")
@require(Permission.CHANGE_OFFICE_PEOPLE)
def show(ref: str) -> ResponseReturnValue:
    with reading():
        user = own(User, ref, what="person")
    form = OfficeRoleForm(formdata=None, version=user.version, role=user.role.value)
    role, is_me = office_role(user.role), user.ref == me().ref
    return page("portal/person.html", person=user, role=role, form=form, is_me=is_me)


@bp.post("/<string:ref>/role")
@require(Permission.CHANGE_OFFICE_PEOPLE)
@stepped_up
def change_role(ref: str) -> ResponseReturnValue:
    form = OfficeRoleForm()
    with writing():
        user = own(User, ref, what="person")
        if not form.validate():
            raise Invalid("role", "Choose a role from the list.")
        version, role = form.version.data or 0, Role(form.role.data)
        office_people.change_role(user, role, by=me().ref, version=version, now=clock.now())
    flash("The role holds from now on; the person signs in anew.")
    return redirect(url_for(".show", ref=ref), 303)


@bp.post("/<string:ref>/closure")
@require(Permission.CHANGE_OFFICE_PEOPLE)
@stepped_up
def disable(ref: str) -> ResponseReturnValue:
    with writing():
        office_people.disable(own(User, ref, what="person"), by=me().ref, now=clock.now())
    flash("The account is shut, and its sessions have ended.")
    return redirect(url_for(".show", ref=ref), 303)


@bp.post("/<string:ref>/reopening")
@require(Permission.CHANGE_OFFICE_PEOPLE)
@stepped_up
def enable(ref: str) -> ResponseReturnValue:
    with writing():
        accounts.enable(own(User, ref, what="person"))
    flash("The account is open again.")
    return redirect(url_for(".show", ref=ref), 303)


@bp.post("/<string:ref>/invitation")
@require(Permission.CHANGE_OFFICE_PEOPLE)
@stepped_up
def invite_again(ref: str) -> ResponseReturnValue:
    """A new link for somebody who has not accepted yet; earlier ones stop working."""
    with writing():
        user = own(User, ref, what="person")
        link = inviting.invited(user)
    return inviting.told(user, link, to=url_for(".index"))


def _list(form: FlaskForm) -> str:
    with reading():
        people = listed(office_people.of(office_id()), ".show", office_role)
    return page("portal/people.html", people=people, form=form)
