"""What a person can do to an office: enter and change it, verify it, try its months again."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from dashboard import clock, zones
from dashboard.billing import offices, parking, provider_ids, verification
from dashboard.errors import Invalid
from dashboard.models import Office
from dashboard.rights import Permission
from dashboard.rows import found, locked
from dashboard.unit import reading, writing
from dashboard.web.access import me, require
from dashboard.web.pages import page
from dashboard.web.staff import acting
from dashboard.web.staff.office_page import Forms, context, office_href
from dashboard.web.staff.offices import bp
from forms.offices import NewOfficeForm, OfficeChangeForm, ProviderIdForm, VerificationForm

DETAILS = ("name", "billing_email", "billing_address")


@bp.get("/new")
@require(Permission.CHANGE_OFFICES)
def new() -> ResponseReturnValue:
    return entering(NewOfficeForm(formdata=None))


@bp.post("")
@require(Permission.CHANGE_OFFICES)
def create() -> ResponseReturnValue:
    form = NewOfficeForm()
    if not form.validate_on_submit():
        return entering(form), 422
    try:
        with writing():
            told = {name: form[name].data for name in (*DETAILS, "time_zone")}
            office = offices.create(**told, now=clock.now())
    except Invalid as no:
        acting.told(form, no)
        return entering(form), 422
    flash("Office added. Somebody else verifies its name and email before anything is sent.")
    return redirect(office_href(office.id), 303)


def entering(form: NewOfficeForm) -> str:
    return page("staff/office_new.html", form=form, zones=zones.offered())


@bp.post("/<int:office_id>/details")
@require(Permission.CHANGE_OFFICES)
def change(office_id: int) -> ResponseReturnValue:
    form = OfficeChangeForm()

    def save(office: Office) -> None:
        told = {name: form[name].data for name in DETAILS}
        offices.change(office, version=form.version.data or 0, **told)

    return done(office_id, form, save, "Saved.")


@bp.post("/<int:office_id>/verification")
@require(Permission.VERIFY_OFFICES)
def verify(office_id: int) -> ResponseReturnValue:
    """A second person's word that name and email may leave (OFF-03)."""
    form = VerificationForm()

    def save(office: Office) -> None:
        verification.verify(office, version=form.version.data or 0, now=clock.now())

    return done(office_id, form, save, "Verified. What waited for it is sent now.")


@bp.post("/<int:office_id>/provider-id")
@require(Permission.CHANGE_OFFICES)
def give_provider_id(office_id: int) -> ResponseReturnValue:
    """What the payment provider calls it, checked by its format (OFF-01)."""
    form = ProviderIdForm()

    def save(office: Office) -> None:
        try:
            provider_ids.give(office, form.which.data, form.value.data or None)
        except Invalid as no:
            raise Invalid("value", str(no)) from None

    return done(office_id, form, save, "Saved. From here on it is shown masked.")


@bp.post("/<int:office_id>/retries")
@require(Permission.RUN_BILLING)
def retry(office_id: int) -> ResponseReturnValue:
    """What stopped its months is mended: a run tries it again."""
    with writing():
        parking.unpark(locked(Office, office_id, "office"), me().ref, clock.now())
    flash("A run tries this office again now.")
    return redirect(office_href(office_id), 303)


def done(office_id: int, form: FlaskForm, save: Callable[[Office], object], said: str) -> ResponseReturnValue:
    """Save something about one office, if it is still the version that was shown."""
    return acting.done(
        form,
        lambda: save(acting.checked(locked(Office, office_id, "office"), form, "office")),
        said=said,
        to=office_href(office_id),
        mended=lambda sent: mended(office_id, sent),
        stale=lambda: stale(office_id, form),
    )


def mended(office_id: int, form: FlaskForm) -> ResponseReturnValue:
    """The page again, with what was typed and what is wrong with it."""
    return page("staff/office.html", **context(office_id, Forms.blank().with_one(form))), 422


def stale(office_id: int, form: FlaskForm) -> ResponseReturnValue:
    """Somebody else changed the office: both values of each detail, or one sentence."""
    with reading():
        office = found(Office, office_id, "office")
        theirs = {name: getattr(office, name) or "" for name in DETAILS}
    sent = form if isinstance(form, OfficeChangeForm) else None
    return acting.conflict("This office", office_href(office_id), office, sent, theirs, clock.now())
