"""The people page: who has an account, in which role, and what each role may do (spec section 0)."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from dashboard import clock
from dashboard.errors import Invalid, NotFound, StaleVersion
from dashboard.models import User, UserSession
from dashboard.people import accounts, sessions
from dashboard.rights import RIGHTS, Permission, Role
from dashboard.unit import reading, writing
from dashboard.web import inviting
from dashboard.web.access import me, require, stepped_up
from dashboard.web.filters import words
from dashboard.web.people_shown import listed
from forms.people import ROLE_WORDS, InvitationForm, RoleForm

bp = Blueprint("people", __name__, url_prefix="/staff/settings/people")


@bp.get("")
@require(Permission.SEE_PEOPLE)
def index() -> ResponseReturnValue:
    return _list(InvitationForm(formdata=None))


@bp.post("")
@require(Permission.CHANGE_PEOPLE)
@stepped_up
def invite() -> ResponseReturnValue:
    """An account for somebody; its link goes by mail, or is shown here once where no mail can be sent."""
    make = partial(accounts.invite, now=clock.now())
    return inviting.invite(InvitationForm(), make, drawn=_list, done=_href)


@bp.get("/<string:ref>")
@require(Permission.SEE_PEOPLE)
def show(ref: str) -> ResponseReturnValue:
    with reading():
        user = found(ref)
        live = sessions.of(user.id, clock.now())
    return _person(user, live)


@bp.post("/<string:ref>/role")
@require(Permission.CHANGE_PEOPLE)
@stepped_up
def change_role(ref: str) -> ResponseReturnValue:
    form = RoleForm()
    if not form.validate():
        raise Invalid("role", "Choose a role from the list.")
    try:
        with writing():
            user = found(ref)
            accounts.change_role(
                user, Role(form.role.data), by=me().ref, version=form.version.data or 0, now=clock.now()
            )
    except StaleVersion:
        return _conflict(ref, form), 409
    flash("The role holds from now on; the person signs in anew.")
    return redirect(url_for(".show", ref=ref), 303)


@bp.post("/<string:ref>/closure")
@require(Permission.CHANGE_PEOPLE)
@stepped_up
def disable(ref: str) -> ResponseReturnValue:
    with writing():
        accounts.disable(found(ref), by=me().ref, now=clock.now())
    flash("The account is shut, and its sessions have ended.")
    return redirect(url_for(".show", ref=ref), 303)


@bp.post("/<string:ref>/reopening")
@require(Permission.CHANGE_PEOPLE)
@stepped_up
def enable(ref: str) -> ResponseReturnValue:
    with writing():
        accounts.enable(found(ref))
    flash("The account is open again.")
    return redirect(url_for(".show", ref=ref), 303)


@bp.post("/<string:ref>/sign-out")
@require(Permission.CHANGE_PEOPLE)
def end_sessions(ref: str) -> ResponseReturnValue:
    with writing():
        ended = sessions.end_all(found(ref), cause="ended by an administrator", now=clock.now())
    flash(f"{ended} {'session has' if ended == 1 else 'sessions have'} ended.")
    return redirect(url_for(".show", ref=ref), 303)


@bp.post("/<string:ref>/invitation")
@require(Permission.CHANGE_PEOPLE)
@stepped_up
def invite_again(ref: str) -> ResponseReturnValue:
    """A new link for somebody who has not accepted yet; earlier ones stop working."""
    with writing():
        user = found(ref)
        link = inviting.invited(user)
    return inviting.told(user, link, to=_href(user))


@bp.post("/<string:ref>/fresh-start")
@require(Permission.CHANGE_PEOPLE)
@stepped_up
def start_anew(ref: str) -> ResponseReturnValue:
    """For somebody who lost phone and recovery codes: they choose a password and set up an app again."""
    with writing():
        user = found(ref)
        accounts.set_up_anew(user, by=me().ref, now=clock.now())
        link = inviting.invited(user)
    return inviting.told(user, link, to=_href(user))


def found(ref: str) -> User:
    """The person with this ref. Needs an open unit.

    Raises:
        NotFound: there is none.
    """
    user = accounts.by_ref(ref)
    if user is None:
        raise NotFound("person")
    return user


def _href(user: User) -> str:
    return url_for(".show", ref=user.ref)


def _list(form: FlaskForm) -> str:
    with reading():
        everybody, live = accounts.everybody(), sessions.counts(clock.now())
    people = listed(everybody, ".show", words, live)
    return render_template("staff/people.html", people=people, form=form, matrix=_matrix(), roles=list(Role))


def _matrix() -> list[tuple[str, list[bool]]]:
    """Each permission's words, and for each role in order whether it has it: the table that the doors ask."""
    return [(each.value, [each in RIGHTS[role] for role in Role]) for each in Permission]


def _person(user: User, live: list[UserSession]) -> str:
    form = RoleForm(formdata=None, version=user.version, role=user.role.value)
    may_change = me().may(Permission.CHANGE_PEOPLE) and user.ref != me().ref
    return render_template("staff/person.html", person=user, form=form, sessions=live, may_change=may_change)


def _conflict(ref: str, form: RoleForm) -> str:
    """Somebody else changed the person meanwhile: theirs beside what was chosen here."""
    with reading():
        user = found(ref)
    theirs = ROLE_WORDS.get(user.role, user.role.value)
    mine = ROLE_WORDS[Role(form.role.data)]
    field = {"name": "role", "label": "Role", "mine": mine, "theirs": theirs, "value": form.role.data}
    field |= {
        "changed": mine != theirs,
        "choices": [(role.value, words) for role, words in ROLE_WORDS.items()],
    }
    return render_template(
        "staff/conflict.html",
        what="This person",
        object_href=url_for(".show", ref=ref),
        changed_by="Somebody else",
        changed_at=clock.now(),
        fields=[field],
        action=url_for(".change_role", ref=ref),
        version=user.version,
        reason=None,
        next=None,
    )
