"""Signing in, in two steps, and out (spec SEC-01)."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from dashboard import clock
from dashboard.models import User
from dashboard.people import accounts, passwords, sessions, sign_in, throttle
from dashboard.people.sign_in import HalfIn
from dashboard.people.throttle import Place, TooManyTries
from dashboard.unit import writing
from dashboard.web import cookies
from dashboard.web.access import act_as, public
from dashboard.web.auth import returning
from forms.people import SecondStepForm, SignInForm

bp = Blueprint("auth", __name__)
HALF_IN = "half in"
HALF_IN_FOR_SECONDS = 300
WRONG_CODE = "This code is not right, or was used already. Wait for the next one."
WRONG = "Email and password do not match an account that is open. Check both, then try again."


@bp.before_request
def insist_on_a_safe_way() -> ResponseReturnValue | None:
    """Over plain http from elsewhere no password is asked for, and the page says why."""
    if not cookies.refuses_plain_http():
        return None
    return render_template("auth/plain_http.html"), 400


@bp.get("/login")
@public
def form() -> ResponseReturnValue:
    """The first step; whoever is signed in already goes on."""
    if g.me is not None:
        return redirect(returning.local(request.args.get("next")), 303)
    return _first(SignInForm(formdata=None, next=returning.local(request.args.get("next"), "")))


@bp.post("/login")
@public
def password() -> ResponseReturnValue:
    """The password. Right or wrong, known or unknown, the answer takes as long."""
    form = SignInForm()
    if not form.validate():
        return _first(form, 422)
    try:
        half = _compared(form.email.data, form.password.data)
    except TooManyTries as wait:
        return _waiting("sign_in", form, wait)
    if half is None:
        form.form_errors.append(WRONG)
        return _first(form, 422)
    session[HALF_IN] = [half.ref, half.mark, clock.now().timestamp()]
    return _to_second(form)


@bp.get("/login/second-step")
@public
def second() -> ResponseReturnValue:
    if _half() is None:
        return redirect(url_for(".form"), 303)
    return _second(SecondStepForm(formdata=None, next=returning.local(request.args.get("next"), "")))


@bp.post("/login/second-step")
@public
def code() -> ResponseReturnValue:
    """The second factor; with it the session begins."""
    form, half = SecondStepForm(), _half()
    if half is None:
        flash("That took too long. Begin again with your password.", "bad")
        return redirect(url_for(".form", next=form.next.data), 303)
    if not form.validate():
        return _second(form, 422)
    try:
        entered = _entered(half, form.code.data)
    except TooManyTries as wait:
        return _waiting("second_step", form, wait)
    if entered is None:
        form.code.errors = [WRONG_CODE]
        return _second(form, 422)
    return welcome(*entered, next=form.next.data, kept=form.kept.data)


@bp.post("/logout")
@public
def end() -> ResponseReturnValue:
    """End this session, here and in the database. Harmless to repeat."""
    if g.me is not None:
        with writing():
            sessions.end_own(g.me, cause="signed out", now=clock.now())
    session.clear()
    answer = make_response(redirect(url_for(".form"), 303))
    cookies.take_session(answer)
    return answer


def welcome(
    user: User, key: str, *, next: str | None = None, kept: str | None = None, page: str = ""
) -> Response:
    """The first answer of a new session: `page`, or the one they wanted, or what they had typed."""
    session.pop(HALF_IN, None)
    home = returning.home(is_staff=user.role.is_staff)
    answer = make_response(page) if page else go_on(user.ref, returning.local(next, home), kept)
    cookies.give_session(answer, key)
    cookies.remember_device(answer, user.email_index)
    return answer


def go_on(ref: str, next: str | None, signed: str | None) -> Response:
    """Back to the page, or to the form that waits to be sent."""
    next, form = returning.local(next), returning.kept(signed, ref)
    if form is None:
        return make_response(redirect(next, 303))
    return make_response(render_template("auth/resume.html", kept=form, next=next))


def here(email_index: bytes) -> Place:
    """Where this attempt comes from, as the throttle counts it."""
    return throttle.place(request.remote_addr, cookies.known_device(email_index))


def fresh_session(user: User, factor: str) -> str:
    """Begin a session for somebody who proved both factors, and act as them. Gives the cookie's value."""
    act_as(user.ref, user.role.value, user.id, user.office_id)
    agent = request.headers.get("User-Agent", "")
    return sign_in.enter(user, factor=factor, now=clock.now(), address=request.remote_addr, agent=agent)


def _compared(email: str, typed: str) -> HalfIn | None:
    """Three steps: count and find, compare with nothing open, go on or refuse."""
    place, now = here(accounts.email_index(email)), clock.now()
    try:
        with writing():
            claim = sign_in.claim(email, place, now)
    except TooManyTries:
        _trace_of_wait()
        raise
    is_right = passwords.matches(typed, claim.stored)
    better = passwords.improved(typed, claim.stored) if is_right else None
    with writing():
        return sign_in.half_in(claim, place, is_right=is_right, better=better)


def _entered(half: HalfIn, typed: str) -> tuple[User, str] | None:
    """The person and their new session's key, or None where the code is not right."""
    try:
        with writing():
            user = sign_in.person(half)
            times = {"now": clock.now(), "real_time": datetime.now(UTC)}
            factor = user and sign_in.second_factor_of(user, typed, here(user.email_index), **times)
            return (user, fresh_session(user, factor)) if user and factor else None
    except TooManyTries:
        _trace_of_wait()
        raise


def _half() -> HalfIn | None:
    """Whose password was right in this browser within five minutes."""
    if HALF_IN not in session:
        return None
    ref, mark, at = session[HALF_IN]
    is_fresh = 0 <= clock.now().timestamp() - at <= HALF_IN_FOR_SECONDS
    return HalfIn(ref, mark) if is_fresh else None


def _trace_of_wait() -> None:
    with writing():
        sign_in.refused("throttled")


def _to_second(form: SignInForm) -> ResponseReturnValue:
    """The second step by its own address; drawn at once where typed text must come along."""
    if form.kept.data:
        return _second(SecondStepForm(formdata=None, next=form.next.data, kept=form.kept.data))
    return redirect(url_for(".second", next=form.next.data or None), 303)


def _first(form: SignInForm, status: int = 200) -> ResponseReturnValue:
    return render_template("auth/sign_in.html", form=form), status


def _second(form: SecondStepForm, status: int = 200) -> ResponseReturnValue:
    return render_template("auth/second_step.html", form=form), status


def _waiting(page: str, form: SignInForm | SecondStepForm, wait: TooManyTries) -> ResponseReturnValue:
    form.form_errors.append(str(wait))
    return render_template(f"auth/{page}.html", form=form), 429, {"Retry-After": str(wait.seconds)}
