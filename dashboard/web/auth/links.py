"""What links in mails open: accepting an invitation, and choosing a new password."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dashboard import clock
from dashboard.models import LinkPurpose, User
from dashboard.people import accounts, links, resets
from dashboard.unit import reading, writing
from dashboard.web import cookies
from dashboard.web.access import public
from dashboard.web.auth import enrolment, returning
from dashboard.web.auth.profile import hashed_of
from dashboard.web.auth.sign_in import fresh_session, here, insist_on_a_safe_way, welcome
from forms.people import AcceptanceForm, AddressForm, NewPasswordForm

bp = Blueprint("account_links", __name__)
bp.before_request(insist_on_a_safe_way)
ASKED = "If this address has an account, a link is on its way. It works once, for an hour."


@bp.get("/invite/<string:token>")
@public
def invitation(token: str) -> ResponseReturnValue:
    return _invitation(_person(token, LinkPurpose.INVITE), AcceptanceForm(formdata=None), token)


@bp.post("/invite/<string:token>/acceptance")
@public
def accept(token: str) -> ResponseReturnValue:
    """Open the account, sign in, and show the recovery codes: here and never again."""
    user, form = _person(token, LinkPurpose.INVITE), AcceptanceForm()
    proof = form.validate() and enrolment.proved(form, user.ref)
    hashed = proof and hashed_of(form)
    if not proof or not hashed:
        return _invitation(user, form, token, 422)
    secret, step = proof
    with writing():
        user = links.use(token, LinkPurpose.INVITE, clock.now())
        codes = accounts.accept(user, password_hash=hashed, secret=secret, step=step)
        key = fresh_session(user, "invite")
    home = returning.home(is_staff=user.role.is_staff)
    return welcome(user, key, page=render_template("auth/recovery_codes.html", codes=codes, next=home))


@bp.get("/password-reset")
@public
def forgotten() -> ResponseReturnValue:
    return render_template("auth/forgotten.html", form=AddressForm(formdata=None))


@bp.post("/password-reset")
@public
def ask() -> ResponseReturnValue:
    """The same answer, and the same work, whether the address has an account or not."""
    form = AddressForm()
    if not form.validate():
        return render_template("auth/forgotten.html", form=form), 422
    index = accounts.email_index(form.email.data)
    with writing():
        resets.ask(index, here(index), clock.now())
    flash(ASKED)
    return redirect(url_for("auth.form"), 303)


@bp.get("/password-reset/<string:token>")
@public
def reset(token: str) -> ResponseReturnValue:
    return _reset(_person(token, LinkPurpose.PASSWORD_RESET), NewPasswordForm(formdata=None), token)


@bp.post("/password-reset/<string:token>/password")
@public
def choose(token: str) -> ResponseReturnValue:
    """Keep the new password and end every session. The next sign-in still asks for the second factor."""
    user, form = _person(token, LinkPurpose.PASSWORD_RESET), NewPasswordForm()
    hashed = form.validate() and hashed_of(form)
    if not hashed:
        return _reset(user, form, token), 422
    with writing():
        user = links.use(token, LinkPurpose.PASSWORD_RESET, clock.now())
        accounts.change_password(user, hashed, now=clock.now())
    flash("The new password holds. Sign in with it.")
    answer = make_response(redirect(url_for("auth.form"), 303))
    cookies.remember_device(answer, user.email_index)
    return answer


def _person(token: str, purpose: LinkPurpose) -> User:
    with reading():
        return links.person_of(token, purpose, clock.now())


def _reset(user: User, form: NewPasswordForm, token: str) -> str:
    return render_template("auth/reset.html", form=form, email=user.email, token=token)


def _invitation(user: User, form: AcceptanceForm, token: str, status: int = 200) -> ResponseReturnValue:
    email = user.email or ""
    facts = {
        "offer": enrolment.offer(form, user.ref, email),
        "email": email,
        "role": user.role,
        "token": token,
    }
    return render_template("auth/invitation.html", form=form, **facts), status
