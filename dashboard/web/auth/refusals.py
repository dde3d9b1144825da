"""What a door says to somebody it does not know, or wants to know better (spec SEC-01).

A page answers 401 with the sign-in form, and the way back in it. A part of a page answers 401 and sends the
whole page to sign in. A form that htmx sends answers 401 and stays where it is, with all that was typed: the
bar above it says to sign in beside it and to try again.
"""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Unauthorized

from dashboard.web.access import StepUpNeeded
from dashboard.web.auth import returning, step_up
from forms.people import SignInForm, StepUpForm

bp = Blueprint("refusals", __name__)
LOOKING = {"GET", "HEAD"}


@bp.app_errorhandler(Unauthorized)
def unknown(_: Unauthorized) -> ResponseReturnValue:
    if request.headers.get("HX-Request"):
        return _elsewhere("/login", 401, only_looking=True)
    form = SignInForm(formdata=None, next=returning.here(), kept=_typed())
    return render_template("auth/sign_in.html", form=form, asked=True), 401


@bp.app_errorhandler(StepUpNeeded)
def not_sure(_: StepUpNeeded) -> ResponseReturnValue:
    if request.headers.get("HX-Request"):
        return _elsewhere("/step-up", 403)
    if request.method in LOOKING:
        return redirect(f"/step-up?{urlencode({'next': returning.here()})}", 303)
    form = StepUpForm(formdata=None, next=returning.here(), kept=_typed())
    return step_up.drawn(form), 403


def _typed() -> str:
    return "" if request.method in LOOKING else returning.keep()


def _elsewhere(path: str, status: int, *, only_looking: bool = False) -> Response:
    answer = Response(status=status)
    if request.method in LOOKING or not only_looking:
        answer.headers["HX-Redirect"] = f"{path}?{urlencode({'next': returning.here()})}"
    return answer
