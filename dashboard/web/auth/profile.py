"""One's own account: how pages look, the password, the second factor, and where one is signed in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dashboard import clock
from dashboard.errors import Invalid, NotFound
from dashboard.models import Theme, User
from dashboard.people import accounts, passwords, second_factor, sessions
from dashboard.unit import reading, writing
from dashboard.web.access import me, signed_in, stepped_up
from dashboard.web.auth import enrolment
from forms.people import NewPasswordForm, PreferencesForm, SecondFactorForm

bp = Blueprint("profile", __name__, url_prefix="/profile")


@bp.get("")
@signed_in
def show() -> ResponseReturnValue:
    return _profile()


@bp.post("/preferences")
@signed_in
def prefer() -> ResponseReturnValue:
    form = PreferencesForm()
    if not form.validate():
        return _profile(preferences=form), 422
    with writing():
        accounts.prefer(
            me().user_id,
            theme=Theme(form.theme.data),
            comfortable=form.comfortable.data,
            shortcuts=form.shortcuts.data,
        )
    flash("Saved.")
    return redirect(url_for(".show"), 303)


@bp.get("/password")
@signed_in
@stepped_up
def password() -> ResponseReturnValue:
    return _password(NewPasswordForm(formdata=None))


@bp.post("/password")
@signed_in
@stepped_up
def change_password() -> ResponseReturnValue:
    """Replace the password; every other session of this person ends."""
    form = NewPasswordForm()
    hashed = form.validate() and hashed_of(form)
    if not hashed:
        return _password(form), 422
    with writing():
        accounts.change_password(own(), hashed, now=clock.now(), but=me().session_id)
    flash("The new password holds. You are signed out everywhere else.")
    return redirect(url_for(".show"), 303)


@bp.get("/second-factor")
@signed_in
@stepped_up
def app() -> ResponseReturnValue:
    return _app(SecondFactorForm(formdata=None))


@bp.post("/second-factor")
@signed_in
@stepped_up
def change_app() -> ResponseReturnValue:
    """Another app takes over; the old one's codes and the old recovery codes open nothing any more."""
    form = SecondFactorForm()
    proof = form.validate() and enrolment.proved(form, me().ref)
    if not proof:
        return _app(form), 422
    with writing():
        codes = accounts.change_second_factor(own(), secret=proof[0], step=proof[1])
    return render_template("auth/recovery_codes.html", codes=codes, next=url_for(".show"))


@bp.post("/recovery-codes")
@signed_in
@stepped_up
def renew_codes() -> ResponseReturnValue:
    """Ten new recovery codes, shown here and never again."""
    with writing():
        codes = accounts.renew_recovery_codes(own())
    return render_template("auth/recovery_codes.html", codes=codes, next=url_for(".show"))


@bp.post("/sessions/<int:session_id>/end")
@signed_in
def end_session(session_id: int) -> ResponseReturnValue:
    with writing():
        if not sessions.end_one(own(), session_id, cause="ended by its person", now=clock.now()):
            raise NotFound("session")
    flash("That session has ended.")
    return redirect(url_for(".show"), 303)


def own() -> User:
    """The row of the person signed in. Needs an open unit."""
    user = accounts.by_ref(me().ref)
    if user is None:
        raise NotFound("account")
    return user


def hashed_of(form: Any) -> str | None:
    """The hash of a form's new password; None, and the field says why, where it cannot be taken."""
    try:
        return passwords.hashed(form.password.data)
    except Invalid as problem:
        form.password.errors = [str(problem)]
        return None


def _profile(preferences: PreferencesForm | None = None) -> str:
    person = me()
    with reading():
        email = own().email
        mine = sessions.of(person.user_id, clock.now())
        codes_left = second_factor.recovery_codes_left(person.user_id)
    form = preferences or PreferencesForm(
        formdata=None, theme=person.theme.value, comfortable=person.comfortable, shortcuts=person.shortcuts
    )
    layout = "layouts/staff.html" if person.role.is_staff else "layouts/portal.html"
    return render_template(
        "auth/profile.html", layout=layout, form=form, email=email, sessions=mine, codes_left=codes_left
    )


def _password(form: NewPasswordForm) -> str:
    with reading():
        email = own().email or ""
    return render_template("auth/password.html", form=form, email=email)


def _app(form: SecondFactorForm) -> str:
    with reading():
        email = own().email or ""
    return render_template("auth/second_factor.html", form=form, offer=enrolment.offer(form, me().ref, email))
