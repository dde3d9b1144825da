"""API keys: which there are, making one, which is shown once, and revoking it (spec API-02)."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from dashboard import clock
from dashboard.errors import Invalid
from dashboard.extensions import db
from dashboard.models import Office
from dashboard.people import api_keys
from dashboard.rights import Permission, Role
from dashboard.unit import reading, writing
from dashboard.web.access import me, require, stepped_up
from forms.keys import OFFICE, KeyForm

bp = Blueprint("keys", __name__, url_prefix="/staff/settings/keys")


@bp.get("")
@require(Permission.CHANGE_KEYS)
def index() -> ResponseReturnValue:
    return _list(KeyForm(formdata=None))


@bp.post("")
@require(Permission.CHANGE_KEYS)
@stepped_up
def make() -> ResponseReturnValue:
    """A new key. It is in this one answer, and nowhere else."""
    form = KeyForm()
    if not form.validate():
        return _list(form), 422
    try:
        with writing():
            _, raw = _made(form)
    except Invalid as problem:
        form[problem.field].errors = [str(problem)]
        return _list(form), 422
    return _list(KeyForm(formdata=None), raw)


@bp.post("/<string:ref>/revocation")
@require(Permission.CHANGE_KEYS)
@stepped_up
def revoke(ref: str) -> ResponseReturnValue:
    with writing():
        api_keys.revoke(ref, clock.now())
    flash("The key is revoked. It opens nothing from now on.")
    return redirect(url_for(".index"), 303)


def _made(form: KeyForm) -> tuple[object, str]:
    scope = form.scope.data
    told = {"office": _office(form.office.data)} if scope == OFFICE else {"role": Role(scope)}
    return api_keys.make(form.label.data, made_by=me().user_id, now=clock.now(), **told)


def _office(code: str) -> Office:
    office = db.session.scalars(select(Office).where(Office.code == code.upper())).first()
    if office is None:
        raise Invalid("office", "No office has this code. It stands on the office's page.")
    return office


def _list(form: KeyForm, raw: str | None = None) -> str:
    with reading():
        keys = api_keys.everything()
    return render_template("staff/keys.html", keys=keys, form=form, raw=raw)
