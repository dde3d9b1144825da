"""Patients: who they are is sealed; what they are billed for follows from what was told of them (spec
PAT-01).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Connection, ForeignKey, Index, String, delete, event, insert, inspect
from sqlalchemy.orm import Mapped, Session, mapped_column

from dashboard.crypto import naming, sealed
from dashboard.extensions import Word
from dashboard.models.base import Model, Referenced


class Patient(Referenced):
    """One patient account of an office. `ref` is the patient_ref of our own addresses; it never goes to
    Stripe.
    """

    __tablename__ = "patients"
    __table_args__ = (Index("ix_patients_office", "office_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    _name: Mapped[bytes | None] = mapped_column("name")
    name = sealed("_name")
    _date_of_birth: Mapped[bytes | None] = mapped_column("date_of_birth")
    date_of_birth = sealed("_date_of_birth")
    _email: Mapped[bytes | None] = mapped_column("email")
    email = sealed("_email")
    _phone: Mapped[bytes | None] = mapped_column("phone")
    phone = sealed("_phone")
    _mrn: Mapped[bytes | None] = mapped_column("mrn")
    mrn = sealed("_mrn")
    is_active_for_billing: Mapped[bool] = mapped_column(default=False)
    activated_at: Mapped[datetime | None]
    deactivated_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class PatientToken(Model):
    """A keyed hash of something that names a patient; the wall at the wire looks for these (PHI-02)."""

    __tablename__ = "patient_tokens"
    __table_args__ = (Index("ix_patient_tokens_token", "token"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    token: Mapped[bytes]


IDENTITY = ("name", "date_of_birth", "email", "phone", "mrn")
NAMING = ("office_id", *(f"_{field}" for field in IDENTITY))


@event.listens_for(Patient, "after_update")
def _renew_tokens(_mapper: object, connection: Connection, patient: Patient) -> None:
    """Whoever changes an identity, and however: its tokens follow in the same transaction (PHI-02)."""
    state: Any = inspect(patient)
    if any(state.attrs[name].history.has_changes() for name in NAMING):
        connection.execute(delete(PatientToken).where(PatientToken.patient_id == patient.id))
        _keep_tokens(connection, [patient])


@event.listens_for(Session, "after_flush")
def _keep_new_tokens(session: Session, _context: object) -> None:
    """Those of all new patients at once: a file may bring fifty thousand."""
    if patients := [each for each in session.new if isinstance(each, Patient)]:
        _keep_tokens(session.connection(), patients)


def _keep_tokens(connection: Connection, patients: Sequence[Patient]) -> None:
    rows = [
        {"patient_id": patient.id, "kind": kind.value, "token": token}
        for patient in patients
        for kind, token in sorted(_tokens(patient))
    ]
    if rows:
        connection.execute(insert(PatientToken), rows)


def _tokens(patient: Patient) -> set[tuple[naming.TokenKind, bytes]]:
    known = {field: getattr(patient, field) for field in IDENTITY}
    return naming.tokens(office_id=patient.office_id, **known)


class Told(StrEnum):
    """What an office can tell of a patient."""

    ACTIVATED = "activated"
    DEACTIVATED = "deactivated"


class PatientEvent(Model):
    """What was told of a patient: from when it holds, when it was told, by whom. Never changed."""

    __tablename__ = "patient_events"
    __table_args__ = (
        Index("ix_patient_events_history", "patient_id", "effective_at", "id"),
        Index("ix_patient_events_told", "told_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    office_id: Mapped[int]
    told: Mapped[Told] = mapped_column(Word(Told))
    effective_at: Mapped[datetime]
    told_at: Mapped[datetime]
    told_by: Mapped[str] = mapped_column(String(40))


class ActivityInterval(Model):
    """[started, ended): while a patient is active at an office. Drawn anew from the events whenever one is
    told.
    """

    __tablename__ = "activity_intervals"
    __table_args__ = (Index("ix_activity_intervals_office", "office_id", "started"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"), index=True)
    office_id: Mapped[int]
    started: Mapped[datetime]
    ended: Mapped[datetime | None]


class ImportState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


class PatientImport(Referenced):
    """A CSV file of patients and how far it is. The file is sealed, and gone once it was read to its end.

    `next_row` is the first row that is not done; `problems` holds `[line, field, message]` and no value.
    """

    __tablename__ = "patient_imports"
    __table_args__ = (Index("ix_patient_imports_office", "office_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    all_or_nothing: Mapped[bool]
    _content: Mapped[bytes | None] = mapped_column("content", deferred=True)
    content = sealed("_content")
    state: Mapped[ImportState] = mapped_column(Word(ImportState), default=ImportState.WAITING)
    rows: Mapped[int] = mapped_column(default=0)
    next_row: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    problems: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
