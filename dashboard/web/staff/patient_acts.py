"""What a person can do about a patient: add, change, activate, deactivate, move, erase (spec PAT-01)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from dashboard import clock
from dashboard.billing import activations, identities, patients
from dashboard.billing.identities import FIELDS, Identity
from dashboard.errors import Invalid
from dashboard.models import Office, Patient
from dashboard.money import dollars
from dashboard.rights import Permission
from dashboard.rows import found, locked
from dashboard.unit import reading, writing
from dashboard.web.access import require
from dashboard.web.pages import page
from dashboard.web.staff import acting
from dashboard.web.staff.patient_page import Forms, context, other_offices
from dashboard.web.staff.patients import bp, patient_href, patients_href
from forms.patients import ActivityForm, ErasureForm, MoveForm, PatientChangeForm, PatientForm


@bp.get("/patients/<int:patient_id>")
@require(Permission.SEE_PATIENTS)
def show(patient_id: int) -> ResponseReturnValue:
    """Who it is, from when on active, what it cost; that somebody looked is on the trail."""
    return page("staff/patient.html", **context(patient_id, Forms.blank()))


@bp.get("/offices/<int:office_id>/patients/new")
@require(Permission.CHANGE_PATIENTS)
def new(office_id: int) -> ResponseReturnValue:
    return entering(office_id, PatientForm(formdata=None))


@bp.post("/offices/<int:office_id>/patients")
@require(Permission.CHANGE_PATIENTS)
def create(office_id: int) -> ResponseReturnValue:
    """Adding a patient costs nothing."""
    form = PatientForm()
    if not form.validate_on_submit():
        return entering(office_id, form), 422
    try:
        with writing():
            office = found(Office, office_id, "office")
            patient = patients.create(office, identity(form, office), clock.now())
    except Invalid as no:
        acting.told(form, no)
        return entering(office_id, form), 422
    flash("Patient added. Nothing is charged before it is activated.")
    return redirect(patient_href(patient.id), 303)


def entering(office_id: int, form: PatientForm) -> str:
    with reading():
        office = found(Office, office_id, "office")
    return page("staff/patient_new.html", form=form, office=office, href=patients_href(office_id))


def identity(form: PatientForm, office: Office) -> Identity:
    """What was typed, checked by the domain.

    Raises:
        Invalid: a value that cannot be; it names the field.
    """
    told = {name: str(form[name].data or "") for name in FIELDS}
    today = clock.now().astimezone(ZoneInfo(office.time_zone)).date()
    return identities.checked(told, today)


@bp.post("/patients/<int:patient_id>/details")
@require(Permission.CHANGE_PATIENTS)
def change(patient_id: int) -> ResponseReturnValue:
    form = PatientChangeForm()

    def save(patient: Patient) -> None:
        office = found(Office, patient.office_id)
        patients.change(patient, identity(form, office), version=form.version.data or 0)

    return done(patient_id, form, save, "Saved.")


@bp.post("/patients/<int:patient_id>/activation")
@require(Permission.CHANGE_PATIENTS)
def activate(patient_id: int) -> ResponseReturnValue:
    """From now, or from when it is said; told twice, it is charged once."""
    form = ActivityForm()
    said: list[str] = []

    def save(patient: Patient) -> None:
        now = clock.now()
        charge = activations.activate(patient, at=instant(form, patient, now), now=now)
        said.append(f"the month costs {dollars(charge.cents)}" if charge else "nothing is charged")

    answer = done(patient_id, form, save, None)
    if said:
        flash(f"Active: {said[0]}.")
    return answer


@bp.post("/patients/<int:patient_id>/deactivation")
@require(Permission.CHANGE_PATIENTS)
def deactivate(patient_id: int) -> ResponseReturnValue:
    form = ActivityForm()

    def save(patient: Patient) -> None:
        now = clock.now()
        activations.deactivate(patient, at=instant(form, patient, now), now=now)

    return done(patient_id, form, save, "No longer active. This month stays charged, later ones are not.")


def instant(form: ActivityForm, patient: Patient, now: datetime) -> datetime:
    """The instant that was typed in the office's own time; now, if none was."""
    if form.at.data is None:
        return now
    office = found(Office, patient.office_id)
    return datetime.combine(form.at.data.date(), form.at.data.time(), ZoneInfo(office.time_zone))


@bp.post("/patients/<int:patient_id>/move")
@require(Permission.CHANGE_PATIENTS)
def move(patient_id: int) -> ResponseReturnValue:
    form = MoveForm()
    with reading():
        form.office.choices = other_offices(found(Patient, patient_id, "patient").office_id)

    def save(patient: Patient) -> None:
        patients.move(patient, found(Office, form.office.data, "office"), clock.now())

    return done(patient_id, form, save, "Moved. Both offices are charged for this month.")


@bp.post("/patients/<int:patient_id>/erasure")
@require(Permission.CHANGE_PATIENTS)
def erase(patient_id: int) -> ResponseReturnValue:
    """The identity is destroyed, the charges stay."""
    form = ErasureForm()
    return done(patient_id, form, lambda patient: patients.erase(patient, clock.now()), "Erased.")


def done(
    patient_id: int, form: FlaskForm, save: Callable[[Patient], object], said: str | None
) -> ResponseReturnValue:
    """Save something about one patient, if it is still the version that was shown."""
    return acting.done(
        form,
        lambda: save(at_version(patient_id, form)),
        said=said,
        to=patient_href(patient_id),
        mended=lambda sent: mended(patient_id, sent),
        stale=lambda: stale(patient_id, form),
    )


def at_version(patient_id: int, form: FlaskForm) -> Patient:
    """The patient, locked, at the version that was shown; activity is told whatever the version."""
    patient = locked(Patient, patient_id, "patient")
    if "version" in form:
        acting.checked(patient, form, "patient")
    return patient


def mended(patient_id: int, form: FlaskForm) -> ResponseReturnValue:
    """The page again, with what was typed and what is wrong with it."""
    return page("staff/patient.html", **context(patient_id, Forms.blank().with_one(form))), 422


def stale(patient_id: int, form: FlaskForm) -> ResponseReturnValue:
    """Both values of each field; looking at the saved ones is written down, too."""
    with writing():
        patient = found(Patient, patient_id, "patient")
        known = patients.viewed(patient)
    theirs = {name: getattr(known, name) or "" for name in FIELDS}
    sent = form if isinstance(form, PatientChangeForm) else None
    return acting.conflict("This patient", patient_href(patient_id), patient, sent, theirs, clock.now())
