"""Telling by key that a patient is active, or no longer (spec API-01, BIL-01)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dashboard import clock
from dashboard.billing import activations
from dashboard.models import Charge, Patient
from dashboard.web.api import rows, schemas
from dashboard.web.api.doing import Blueprint
from dashboard.web.api.finding import own_patient
from dashboard.web.api.keys import may
from dashboard.web.api.rights import Right

bp = Blueprint(
    "api_activations", __name__, url_prefix="/api/v1/billing", description="What costs: active patients."
)
NEW, KNOWN = 201, 200


@bp.post("/patients/<string:patient_id>/activate")
@may(Right.TELL_PATIENTS)
@bp.arguments(schemas.Moment, required=False)
@bp.response(KNOWN, schemas.Activity, description="The patient was charged for this period before.")
@bp.acts(schemas.Activity, NEW)
def activate(told: dict[str, Any], patient_id: str) -> Any:
    """Say that a patient is active.

    That is when the patient's plan was sent: from then on the patient is billable. However often it is told,
    a patient is charged once a period: 201 the first time, then 200 with the same charge. `charge` is null
    where the office's subscription does not run.
    """
    patient, now = own_patient(patient_id), clock.now()
    at, was_active = told.get("at", now), patient.is_active_for_billing
    charge = activations.activate(patient, at=at, now=now)
    is_new = charge.told_at == now if charge else not was_active
    return _activity(patient, at, charge), NEW if is_new else KNOWN


@bp.post("/patients/<string:patient_id>/deactivate")
@may(Right.TELL_PATIENTS)
@bp.arguments(schemas.Moment, required=False)
@bp.response(KNOWN, schemas.Activity, description="The patient was not active.")
@bp.acts(schemas.Activity, NEW)
def deactivate(told: dict[str, Any], patient_id: str) -> Any:
    """Say that a patient is active no longer.

    Nothing is charged in later periods, and nothing of this one is refunded.
    """
    patient, now = own_patient(patient_id), clock.now()
    at, was_active = told.get("at", now), patient.is_active_for_billing
    activations.deactivate(patient, at=at, now=now)
    return _activity(patient, at, None), NEW if was_active else KNOWN


def _activity(patient: Patient, at: datetime, charge: Charge | None) -> dict[str, Any]:
    return {
        "patient_id": patient.ref,
        "is_active_for_billing": patient.is_active_for_billing,
        "at": at,
        "charge": rows.charge(charge) if charge else None,
    }
