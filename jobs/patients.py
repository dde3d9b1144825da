"""Background work about patients. A job knows a file by its number: no patient's value is an argument."""

from __future__ import annotations

from contextlib import AbstractContextManager

from dashboard import clock
from dashboard.actor import Actor, acting, current
from dashboard.billing import patient_imports
from dashboard.billing.patient_rows import Row
from dashboard.extensions import db
from dashboard.models import ImportState, Office, PatientImport, User
from dashboard.rows import found, locked
from dashboard.unit import reading, writing
from jobs.pace import Pace
from jobs.registry import finishing, job

FEWEST, MOST = 100, 1_000


@job("patients.import", queue="bulk", lease_seconds=3600)
def import_patients(import_id: int) -> None:
    """Add the patients of one file, as many to a transaction as keep it short. Harmless to repeat."""
    with _asker(import_id):
        rows, pace = _begun(import_id), Pace(FEWEST, MOST)
        while rows and _chunk(import_id, rows, pace):
            pass
        with finishing():
            patient_imports.finish(_row(import_id), clock.now())


def _asker(import_id: int) -> AbstractContextManager[Actor]:
    """Whoever asked for it is who adds the patients."""
    with reading():
        asked_by = found(PatientImport, import_id).asked_by
        user = db.session.get(User, asked_by) if asked_by else None
    if user is None:
        return acting(current())
    return acting(Actor(user.ref, user.role, user.id, request_id=current().request_id))


def _begun(import_id: int) -> list[Row]:
    with reading():
        asked = patient_imports.with_file(import_id)
        office = found(Office, asked.office_id)
    if asked.state is ImportState.DONE:
        return []
    table = patient_imports.reading_of(asked, office)
    with reading():
        known = patient_imports.taken(office.id, table.rows)
    with writing():
        asked = _row(import_id)
        patient_imports.begin(asked, table, known)
    return patient_imports.to_add(asked, table)


def _chunk(import_id: int, rows: list[Row], pace: Pace) -> bool:
    with pace.measured() as most, writing():
        return patient_imports.add_chunk(_row(import_id), rows, clock.now(), most)


def _row(import_id: int) -> PatientImport:
    return locked(PatientImport, import_id, "import")
