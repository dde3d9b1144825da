"""The ledger by office and month, under anonymous references; whom a turn is for, on demand (PHI-03)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from dashboard.billing import charge_lists, patients
from dashboard.models import Patient
from dashboard.rights import Permission
from dashboard.unit import reading, writing
from dashboard.web.access import me, require, stepped_up
from dashboard.web.filters import day_words
from dashboard.web.pages import page
from dashboard.web.staff.lists import around
from forms.billing import ChargeFilterForm

CHARGES = "/staff/charges"
bp = Blueprint("charges", __name__, url_prefix=CHARGES)


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """One turn of the ledger. `cents` is negative where it takes back; `patient` is None unless disclosed."""

    ref: str
    office: str
    office_href: str
    month: date
    is_credit: bool
    is_late: bool
    due_at: datetime
    told_at: datetime
    cents: int
    patient: str | None
    patient_href: str | None


@bp.get("")
@require(Permission.SEE_CHARGES)
def index() -> ResponseReturnValue:
    """Newest first, without anybody's name."""
    with reading():
        context = listed()
    return page("staff/charges.html", fragment="results", **context)


@bp.post("/disclosure")
@require(Permission.SEE_CHARGE_MAP)
@stepped_up
def disclose() -> ResponseReturnValue:
    """The same page of the list with whom each turn is for, this once; that it was asked is on the trail."""
    FlaskForm().validate_on_submit()
    with writing():
        context = listed(revealed=True)
    return page("staff/charges.html", **context)


def listed(*, revealed: bool = False) -> dict[str, Any]:
    """All that staff/charges.html is given; the list is what the parameters say. Needs an open unit."""
    form = ChargeFilterForm(request.values)
    form.cycle.choices = _months(request.values.get("office", ""))
    params = form.chosen()
    meets = charge_lists.conditions(params)
    cursors = {name: request.values.get(name) for name in ("after", "before")}
    found = charge_lists.page(meets, after=cursors["after"], before=cursors["before"])
    known = charge_lists.patients([one.Charge for one in found.rows]) if revealed else {}
    return around(CHARGES, params, form, found, charge_lists.count(meets)) | {
        "rows": [row_of(one, known) for one in found.rows],
        "asked": {**params, **{name: value for name, value in cursors.items() if value}},
        "revealed": revealed,
        "may_disclose": me().may(Permission.SEE_CHARGE_MAP),
    }


def _months(code: str) -> dict[str, str]:
    """The months of one office, to choose from; without an office there are none."""
    found = charge_lists.cycles(code) if code else []
    return {"": "Every month"} | {str(each.id): f"From {day_words(each.start)}" for each in found}


def row_of(one: Any, known: dict[int, Patient]) -> ChargeRow:
    charge, patient = one.Charge, known.get(one.Charge.patient_id)
    return ChargeRow(
        ref=charge.anonymous_patient_ref,
        office=one.code,
        office_href=f"/staff/offices/{charge.office_id}",
        month=one.BillingCycle.start,
        is_credit=charge.is_credit,
        is_late=charge.settled_in != charge.cycle_id,
        due_at=charge.due_at,
        told_at=charge.told_at,
        cents=-charge.cents if charge.is_credit else charge.cents,
        patient=patients.called(patient) if patient else None,
        patient_href=f"/staff/patients/{patient.id}" if patient else None,
    )
