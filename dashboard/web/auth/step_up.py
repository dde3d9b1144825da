"""Proving once more who one is, before what could do harm (spec SEC-01)."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from dashboard import clock
from dashboard.models import User
from dashboard.people import accounts, passwords, sessions, sign_in
from dashboard.people.sessions import SignedIn
from dashboard.people.throttle import TooManyTries
from dashboard.unit import reading, writing
from dashboard.web.access import me, signed_in
from dashboard.web.auth import returning
from dashboard.web.auth.sign_in import go_on, here
from forms.people import StepUpForm

bp = Blueprint("step_up", __name__)
WRONG = "Neither your password nor a fresh code. A code works once: wait for the next one."


@bp.get("/step-up")
@signed_in
def form() -> ResponseReturnValue:
    return _shown(StepUpForm(formdata=None, next=returning.local(request.args.get("next"))))


@bp.post("/step-up")
@signed_in
def confirm() -> ResponseReturnValue:
    form = StepUpForm()
    if not form.validate():
        return _shown(form, 422)
    try:
        is_right = _proved(me(), form.proof.data)
    except TooManyTries as wait:
        form.proof.errors = [str(wait)]
        return _shown(form, 429)
    if not is_right:
        form.proof.errors = [WRONG]
        return _shown(form, 422)
    return go_on(me().ref, form.next.data, form.kept.data)


def _proved(person: SignedIn, typed: str) -> bool:
    if "".join(typed.split()).isdecimal() and len("".join(typed.split())) == 6:
        return _by_code(person, typed)
    return _by_password(person, typed)


def _by_code(person: SignedIn, typed: str) -> bool:
    with writing():
        user = _user(person)
        times = {"now": clock.now(), "real_time": datetime.now(UTC)}
        if not sign_in.second_factor_of(user, typed, here(user.email_index), **times):
            return False
        sessions.step_up(person, clock.now())
        return True


def _by_password(person: SignedIn, typed: str) -> bool:
    """As at sign-in: counted first, compared with nothing open, then noted."""
    with writing():
        user = _user(person)
        place = here(user.email_index)
        claim = sign_in.claim_of(user, place, clock.now())
    is_right = passwords.matches(typed, claim.stored)
    with writing():
        if not sign_in.half_in(claim, place, is_right=is_right):
            return False
        sessions.step_up(person, clock.now())
        return True


def _user(person: SignedIn) -> User:
    user = accounts.by_ref(person.ref)
    assert user is not None, "a session's person has a row"
    return user


def drawn(form: StepUpForm) -> str:
    """The page that asks; it names the account, so that a password manager knows which one is meant."""
    with reading():
        email = _user(me()).email
    return render_template("auth/step_up.html", form=form, email=email, home=returning.home())


def _shown(form: StepUpForm, status: int = 200) -> ResponseReturnValue:
    return drawn(form), status
