"""Doing what a form asks of one record: at the version that was shown, with every no in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from dashboard.errors import Invalid, StaleVersion
from dashboard.unit import writing
from dashboard.web.pages import page
from dashboard.web.staff.conflicts import CONFLICT
from dashboard.web.staff.order_conflicts import CHANGED, compared

Mended = Callable[[FlaskForm], ResponseReturnValue]


def checked(row: Any, form: FlaskForm, what: str) -> Any:
    """The row, if nobody saved it since the form was opened.

    Raises:
        StaleVersion: somebody did.
    """
    if row.version != form["version"].data:
        raise StaleVersion(what)
    return row


def done(
    form: FlaskForm,
    do: Callable[[], object],
    *,
    said: str | None,
    to: str,
    mended: Mended,
    stale: Callable[[], ResponseReturnValue] | None = None,
) -> ResponseReturnValue:
    """Run `do` in a unit and go on to `to`; a value that cannot be goes back into its field.

    Raises:
        DomainError: any other no of the business.
    """
    if not form.validate_on_submit():
        return mended(form)
    try:
        with writing():
            do()
    except StaleVersion:
        if stale is None:
            raise
        return stale()
    except Invalid as no:
        told(form, no)
        return mended(form)
    if said:
        flash(said)
    return redirect(to, 303)


def told(form: FlaskForm, no: Invalid) -> None:
    """Put a no into the field that it names, or above the form."""
    if no.field and no.field in form:
        form[no.field].errors = [*form[no.field].errors, str(no)]
    else:
        form.form_errors.append(str(no))


def conflict(
    what: str,
    href: str,
    row: Any,
    form: FlaskForm | None,
    theirs: Mapping[str, str],
    changed_at: datetime,
) -> ResponseReturnValue:
    """409 with each field twice: as typed and as saved since; without a form, with one sentence."""
    fields = [] if form is None else compared(form, theirs)
    shown = page(
        "staff/conflict.html",
        fragment="conflict",
        what=what,
        object_href=href,
        changed_by=None,
        changed_at=changed_at,
        fields=fields,
        action=request.path,
        version=row.version,
        reason=None if fields else CHANGED,
        next=None,
        announce=None,
    )
    return shown, CONFLICT
