"""The people page: who has an account, in which role, and what each role may do (spec section 0)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dashboard import clock
from dashboard.errors import Invalid, NotFound, StaleVersion
from dashboard.models import User, UserSession, UserState
from dashboard.people import accounts, invitations, sessions
from dashboard.rights import RIGHTS, Permission, Role
from dashboard.unit import reading, writing
from dashboard.web.access import me, require, stepped_up
from dashboard.web.inviting import invited
from forms.people import ROLE_WORDS, InvitationForm, RoleForm

bp = Blueprint("people", __name__, url_prefix="/staff/settings/people")


@dataclass(frozen=True, slots=True)
class Row:
    """One person in the list. `live` counts their sessions."""

    href: str
    name: str
    email: str
    role: Role
    state: UserState
    last_sign_in_at: datetime | None
    live: int


@bp.get("")
@require(Permission.SEE_PEOPLE)
def index() -> ResponseReturnValue:
    return _list(InvitationForm(formdata=None))


@bp.post("")
@require(Permission.CHANGE_PEOPLE)
@stepped_up
def invite() -> ResponseReturnValue:
    """An account for somebody; its link goes by mail, or is shown here once where no mail can be sent."""
    form = InvitationForm()
    if not form.validate():
        return _list(form), 422
    try:
        with writing():
            user = accounts.invite(form.email.data, form.name.data, Role(form.role.data), now=clock.now())
            link = invited(user)
    except Invalid as problem:
        form[problem.field].errors = [str(problem)]
        return _list(form), 422
    return _after_inviting(user, link)


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
        link = invited(user)
    return _after_inviting(user, link)


@bp.post("/<string:ref>/fresh-start")
@require(Permission.CHANGE_PEOPLE)
@stepped_up
def start_anew(ref: str) -> ResponseReturnValue:
    """For somebody who lost phone and recovery codes: they choose a password and set up an app again."""
    with writing():
        user = found(ref)
        accounts.set_up_anew(user, by=me().ref, now=clock.now())
        link = invited(user)
    return _after_inviting(user, link)


def found(ref: str) -> User:
    """The person with this ref. Needs an open unit.

    Raises:
        NotFound: there is none.
    """
    user = accounts.by_ref(ref)
    if user is None:
        raise NotFound("person")
    return user


def _after_inviting(user: User, link: str | None) -> ResponseReturnValue:
    if link is not None:
        return render_template("staff/people_link.html", link=link, person=user, hours=invitations.HOURS)
    flash("The invitation is on its way.")
    return redirect(url_for(".show", ref=user.ref), 303)


def _list(form: InvitationForm) -> str:
    with reading():
        everybody, live = accounts.everybody(), sessions.counts(clock.now())
    rows = sorted((_row(user, live) for user in everybody), key=lambda row: row.name.casefold())
    return render_template("staff/people.html", rows=rows, form=form, matrix=_matrix(), roles=list(Role))


def _row(user: User, live: dict[int, int]) -> Row:
    href = url_for(".show", ref=user.ref)
    name, email = user.name or "no name", user.email or "no address"
    return Row(href, name, email, user.role, user.state, user.last_sign_in_at, live.get(user.id, 0))


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
