"""The office's people: its administrators invite, give roles and shut accounts (spec section 0)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from dashboard import clock
from dashboard.errors import Invalid
from dashboard.models import User, UserState
from dashboard.people import accounts, invitations, office_people
from dashboard.rights import Permission, Role
from dashboard.unit import reading, writing
from dashboard.web.access import me, require, stepped_up
from dashboard.web.inviting import invited
from dashboard.web.pages import page
from dashboard.web.portal.own import office, office_id, own
from forms.portal import ColleagueForm, OfficeRoleForm

bp = Blueprint("portal_people", __name__, url_prefix="/portal/people")


@dataclass(frozen=True, slots=True)
class Colleague:
    """One person of the office in the list."""

    href: str
    name: str
    email: str
    role: Role
    state: UserState
    last_sign_in_at: datetime | None


@bp.get("")
@require(Permission.CHANGE_OFFICE_PEOPLE)
def index() -> ResponseReturnValue:
    return _list(ColleagueForm(formdata=None))


@bp.post("")
@require(Permission.CHANGE_OFFICE_PEOPLE)
@stepped_up
def invite() -> ResponseReturnValue:
    """An account for a colleague; its link goes by mail, or is shown here once where no mail can be sent."""
    form = ColleagueForm()
    if not form.validate():
        return _list(form), 422
    try:
        with writing():
            role, now = Role(form.role.data), clock.now()
            user = office_people.invite(office(), form.email.data, form.name.data, role, now=now)
            link = invited(user)
    except Invalid as problem:
        form[problem.field].errors = [str(problem)]
        return _list(form), 422
    return _after_inviting(user, link)


@bp.get("/<string:ref>")
@require(Permission.CHANGE_OFFICE_PEOPLE)
def show(ref: str) -> ResponseReturnValue:
    with reading():
        user = own(User, ref, what="person")
    form = OfficeRoleForm(formdata=None, version=user.version, role=user.role.value)
    return page("portal/person.html", person=user, form=form, is_me=user.ref == me().ref)


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
        link = invited(user)
    return _after_inviting(user, link)


def _after_inviting(user: User, link: str | None) -> ResponseReturnValue:
    if link is not None:
        return page("portal/people_link.html", link=link, person=user, hours=invitations.HOURS)
    flash("The invitation is on its way.")
    return redirect(url_for(".index"), 303)


def _list(form: ColleagueForm) -> str:
    with reading():
        everybody = office_people.of(office_id())
    rows = sorted((_row(user) for user in everybody), key=lambda row: row.name.casefold())
    return page("portal/people.html", rows=rows, form=form)


def _row(user: User) -> Colleague:
    href = url_for(".show", ref=user.ref)
    name, email = user.name or "no name", user.email or "no address"
    return Colleague(href, name, email, user.role, user.state, user.last_sign_in_at)
