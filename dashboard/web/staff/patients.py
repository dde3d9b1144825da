"""An office's patients. Every page that shows some writes down first who looks (spec PAT-01)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from dashboard import audit
from dashboard.audit import Action
from dashboard.billing import patient_lists, patients
from dashboard.models import Office, Patient
from dashboard.rights import Permission
from dashboard.rows import found
from dashboard.unit import writing
from dashboard.web.access import me, require
from dashboard.web.pages import page
from dashboard.web.staff.lists import around
from forms.patients import PatientFilterForm, PatientSearchForm

SHOWN = ["name", "date_of_birth", "mrn"]
bp = Blueprint("patients", __name__, url_prefix="/staff")


@dataclass(frozen=True, slots=True)
class PatientRow:
    """One patient in a list; the name is "Erased" where it was."""

    href: str
    name: str
    born: date | None
    mrn: str | None
    is_active: bool
    is_erased: bool
    since: datetime | None


def day_of_birth(told: str | None) -> date | None:
    """The day itself of a patient's `2001-02-03`."""
    return date.fromisoformat(told) if told else None


def patients_href(office_id: int) -> str:
    return f"/staff/offices/{office_id}/patients"


def patient_href(patient_id: int) -> str:
    return f"/staff/patients/{patient_id}"


@bp.get("/offices/<int:office_id>/patients")
@require(Permission.SEE_PATIENTS)
def index(office_id: int) -> ResponseReturnValue:
    """In the order in which they were added."""
    form = PatientFilterForm(request.args)
    params = form.chosen()
    meets = patient_lists.conditions(office_id, params)
    with writing():
        office = found(Office, office_id, "office")
        pages = patient_lists.page(meets, after=request.args.get("after"), before=request.args.get("before"))
        total = patient_lists.count(meets)
        rows = seen(office, [one.Patient for one in pages.rows])
    around_it = around(patients_href(office_id), params, form, pages, total)
    return shown(office, rows, PatientSearchForm(formdata=None), **around_it)


@bp.post("/offices/<int:office_id>/patients/search")
@require(Permission.SEE_PATIENTS)
def search(office_id: int) -> ResponseReturnValue:
    """Those whose name holds what was typed. It is a POST, so the name stands in no address."""
    form = PatientSearchForm()
    is_good = form.validate_on_submit()
    with writing():
        office = found(Office, office_id, "office")
        rows = [row_of(each) for each in patients.search(office, form.name.data)] if is_good else []
    blank: dict[str, Any] = {
        "newer": None,
        "older": None,
        "chosen": [],
        "clear_href": patients_href(office_id),
    }
    blank |= {"filters": PatientFilterForm(), "total": len(rows), "announce": None, "here": ""}
    return shown(office, rows, form, is_search=True, **blank), 200 if is_good else 422


def seen(office: Office, patients: Sequence[Patient]) -> list[PatientRow]:
    """These patients as rows; that they were looked at is on the trail."""
    rows = [row_of(patient) for patient in patients]
    audit.record(Action.PATIENT_VIEWED, office, changes={"fields": SHOWN, "rows": len(rows)})
    return rows


def shown(office: Office, rows: list[PatientRow], search: PatientSearchForm, **context: Any) -> str:
    return page(
        "staff/patients.html",
        fragment="results",
        office=office,
        href=patients_href(office.id),
        rows=rows,
        search=search,
        may_change=me().may(Permission.CHANGE_PATIENTS),
        is_search=context.pop("is_search", False),
        **context,
    )


def row_of(patient: Patient) -> PatientRow:
    return PatientRow(
        href=patient_href(patient.id),
        name="Erased" if patient.erased_at else patients.called(patient),
        born=day_of_birth(patient.date_of_birth),
        mrn=patient.mrn,
        is_active=patient.is_active_for_billing,
        is_erased=patient.erased_at is not None,
        since=patient.activated_at if patient.is_active_for_billing else patient.deactivated_at,
    )
