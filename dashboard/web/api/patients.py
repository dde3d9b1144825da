"""Patients by key: an office's program tells us of a patient account."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from dashboard import clock
from dashboard.billing import identities, patients
from dashboard.extensions import db
from dashboard.web.api import rows, schemas
from dashboard.web.api.doing import Blueprint
from dashboard.web.api.finding import own_office
from dashboard.web.api.keys import may
from dashboard.web.api.rights import Right

bp = Blueprint("api_patients", __name__, url_prefix="/api/v1/billing", description="Patient accounts.")


@bp.post("/patients")
@may(Right.TELL_PATIENTS)
@bp.arguments(schemas.NewPatient)
@bp.acts(schemas.Patient)
def create(told: dict[str, Any]) -> Any:
    """Create a patient account.

    It costs nothing until it is activated.
    """
    office, now = own_office(told.pop("office_id")), clock.now()
    today = now.astimezone(ZoneInfo(office.time_zone)).date()
    patient = patients.create(office, identities.checked(told, today), now)
    db.session.flush()
    return rows.patient(patient, office)
