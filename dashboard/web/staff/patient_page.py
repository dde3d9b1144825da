"""What the page of one patient is made of. To show it is to look, so it is written down (spec PAT-01)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from sqlalchemy import select

from dashboard.billing import activity, patient_lists, patients
from dashboard.billing.identities import FIELDS, Identity
from dashboard.extensions import db
from dashboard.models import ActivityInterval, BillingCycle, Charge, Office, Patient, PatientEvent
from dashboard.rights import Permission
from dashboard.rows import found
from dashboard.todos.hands import Hands, hands
from dashboard.unit import writing
from dashboard.web.access import me
from dashboard.web.staff.patients import day_of_birth, patient_href, patients_href
from forms.patients import ActivityForm, ErasureForm, MoveForm, PatientChangeForm


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of the page: blank, but for the one that came back with something to mend."""

    details: PatientChangeForm
    activity: ActivityForm
    move: MoveForm
    erase: ErasureForm

    @classmethod
    def blank(cls) -> Forms:
        return cls(
            *(kind(formdata=None) for kind in (PatientChangeForm, ActivityForm, MoveForm, ErasureForm))
        )

    def named(self) -> list[tuple[str, FlaskForm]]:
        """Each form with the name that keeps its fields' ids apart."""
        return [(each.name, getattr(self, each.name)) for each in fields(self)]

    def with_one(self, sent: FlaskForm) -> Forms:
        """This form in the place of its blank."""
        return replace(self, **{name: sent for name, form in self.named() if type(form) is type(sent)})


@dataclass(frozen=True, slots=True)
class Rows:
    """What hangs on a patient, as the database has it."""

    patient: Patient
    office: Office
    known: Identity
    events: Sequence[PatientEvent]
    intervals: Sequence[ActivityInterval]
    charges: Sequence[tuple[Charge, BillingCycle]]
    last_billed: date | None
    offices: dict[int, str]
    names: Hands


def gathered(patient_id: int) -> Rows:
    """Everything the page shows, in one unit that also writes down who looked."""
    with writing() as session:
        patient = found(Patient, patient_id, "patient")
        mine = select(ActivityInterval).where(ActivityInterval.patient_id == patient_id)
        return Rows(
            patient=patient,
            office=session.get_one(Office, patient.office_id),
            known=patients.viewed(patient),
            events=activity.history(patient)[::-1],
            intervals=session.scalars(mine.order_by(ActivityInterval.started.desc())).all(),
            charges=patient_lists.charges(patient),
            last_billed=patients.last_billed_cycle(patient),
            offices=other_offices(patient.office_id),
            names=hands(),
        )


def other_offices(office_id: int) -> dict[int, str]:
    """Where a patient of this office could be moved. Needs an open unit."""
    others = select(Office.id, Office.code, Office.name).where(Office.id != office_id).order_by(Office.code)
    return {row.id: f"{row.code} {row.name}" for row in db.session.execute(others)}


def context(patient_id: int, forms: Forms) -> dict[str, Any]:
    """All that staff/patient.html is given."""
    rows = gathered(patient_id)
    _prepare(forms, rows)
    may_change = me().may(Permission.CHANGE_PATIENTS) and rows.patient.erased_at is None
    return {
        "patient": rows.patient,
        "office": rows.office,
        "known": rows.known,
        "born": day_of_birth(rows.known.date_of_birth),
        "href": patient_href(patient_id),
        "back": patients_href(rows.office.id),
        "rows": rows,
        "forms": forms,
        "may_change": may_change,
        "may_see_offices": me().may(Permission.SEE_OFFICES),
    }


def _prepare(forms: Forms, rows: Rows) -> None:
    forms.move.office.choices = rows.offices
    for form in (forms.details, forms.move, forms.erase):
        form.version.data = form.version.data or rows.patient.version
    if not forms.details.errors:
        for name in FIELDS:
            forms.details[name].data = getattr(rows.known, name)
        forms.details.date_of_birth.data = day_of_birth(rows.known.date_of_birth)
