"""Patients: added at no cost, changed, moved, erased; found by name inside their office (spec PAT-01)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import Select, func, select

from dashboard import audit
from dashboard.audit import Action
from dashboard.billing import activations, months
from dashboard.billing.drafts import SIGN
from dashboard.billing.identities import FIELDS, Identity
from dashboard.crypto import naming
from dashboard.errors import DomainError, Invalid, StaleVersion
from dashboard.extensions import db
from dashboard.models import BillingCycle, Charge, Office, Patient, PatientToken

ERASED = "erased"
MOST_FOUND = 50
MOST_OPENED = 2_000


class MrnTaken(Invalid):
    """A record number names one patient of an office."""

    code = "MRN_TAKEN"

    def __init__(self) -> None:
        super().__init__("mrn", "Another patient of this office has this record number.")


class StillActive(DomainError):
    """An erased patient cannot go on costing money."""

    code = "STILL_ACTIVE"

    def __init__(self) -> None:
        super().__init__("This patient is active. Deactivate them first, then erase.")


def create(office: Office, identity: Identity, now: datetime) -> Patient:
    """A patient of this office, not active, which costs nothing.

    Raises:
        MrnTaken: another patient of the office has the record number.
    """
    _check_mrn(office.id, identity)
    patient = new(office, identity, now)
    db.session.add(patient)
    audit.record(Action.PATIENT_CREATED, patient)
    db.session.flush()
    return patient


def new(office: Office, identity: Identity, now: datetime) -> Patient:
    """The patient alone: neither kept nor audited, and the record number not checked."""
    return Patient(office_id=office.id, created_at=now, **asdict(identity))


def change(patient: Patient, identity: Identity, *, version: int) -> list[str]:
    """Give a patient this identity; gives the names of the fields that changed.

    Raises:
        StaleVersion: somebody changed the patient since version `version` was shown.
        Erased, MrnTaken: nobody is there any more; another patient has the record number.
    """
    if patient.version != version:
        raise StaleVersion("patient")
    activations.refuse_erased(patient)
    changed = [field for field in FIELDS if getattr(patient, field) != getattr(identity, field)]
    if "mrn" in changed:
        _check_mrn(patient.office_id, identity, patient.id)
    for field in changed:
        setattr(patient, field, getattr(identity, field))
    if changed:
        audit.record(Action.PATIENT_CHANGED, patient, changes={"fields": changed})
    return changed


def erase(patient: Patient, now: datetime) -> None:
    """Destroy a patient's identity and tokens, and keep the charges. Harmless to repeat.

    Raises:
        StillActive: the patient is active for billing.
    """
    if patient.is_active_for_billing:
        raise StillActive
    if patient.erased_at is None:
        for field in FIELDS:
            setattr(patient, field, None)
        patient.erased_at = now
        audit.record(Action.PATIENT_ERASED, patient)


def move(patient: Patient, to: Office, now: datetime) -> None:
    """Let a patient belong to another office from now on; both charge an active one for their cycles.

    Raises:
        Erased, MrnTaken: nobody is there any more; the other office knows the record number.
    """
    activations.refuse_erased(patient)
    if to.id == patient.office_id:
        return
    for office_id in sorted({patient.office_id, to.id}):
        months.up_to_date(office_id, now)
    _check_mrn(to.id, identity_of(patient))
    was_active = patient.is_active_for_billing
    if was_active:
        activations.deactivate(patient, at=now, now=now)
    patient.office_id = to.id
    db.session.flush()
    audit.record(Action.PATIENT_MOVED, patient)
    if was_active:
        activations.activate(patient, at=now, now=now)


def identity_of(patient: Patient) -> Identity:
    """Who the patient is; an erased one's name is `erased`."""
    told = {field: getattr(patient, field) for field in FIELDS}
    return Identity(**{**told, "name": told["name"] or ERASED})


def viewed(patient: Patient) -> Identity:
    """Who the patient is, for somebody's eyes: the look goes on the audit trail."""
    known = identity_of(patient)
    fields = [field for field in FIELDS if getattr(known, field)]
    audit.record(Action.PATIENT_VIEWED, patient, changes={"fields": fields})
    return known


def called(patient: Patient) -> str:
    """What a reference to the patient reads: the name, or `erased`."""
    return patient.name or ERASED


def search(office: Office, text: str) -> list[Patient]:
    """The office's patients in whose name each word of `text` begins a word, or who has it as record number.

    At most 50, by name. A look that is audited, with the number of patients it showed.
    """
    words = naming.name_words(text)
    opened = db.session.scalars(_candidates(office, words)).all() if words else []
    found = sorted((each for each in opened if _matches(each, words)), key=called)[:MOST_FOUND]
    found = found or _numbered(office, text)
    audit.record(Action.PATIENT_VIEWED, office, changes={"rows": len(found)})
    return found


def last_billed_cycle(patient: Patient) -> date | None:
    """The local date on which the newest cycle began that charges the patient; None where none does."""
    standing = select(Charge.cycle_id).where(Charge.patient_id == patient.id)
    standing = standing.group_by(Charge.cycle_id).having(func.sum(SIGN) > 0)
    newest = select(func.max(BillingCycle.start)).where(BillingCycle.id.in_(standing))
    return db.session.scalar(newest)


def taken_mrns(office_id: int, tokens: Sequence[bytes]) -> dict[bytes, int]:
    """Which of these tokens of record numbers the office knows, and of which patient."""
    known = select(PatientToken.token, Patient.id).join(Patient, Patient.id == PatientToken.patient_id)
    ours = (Patient.office_id == office_id, PatientToken.kind == naming.TokenKind.MRN.value)
    rows = db.session.execute(known.where(*ours, PatientToken.token.in_(tokens)))
    return {bytes(token): patient_id for token, patient_id in rows}


def _check_mrn(office_id: int, identity: Identity, but: int | None = None) -> None:
    """The office is nobody else's until the unit ends, so two who give one number wait in turn."""
    if not identity.mrn:
        return
    db.session.execute(select(Office.id).where(Office.id == office_id).with_for_update())
    if set(taken_mrns(office_id, [naming.mrn_token(identity.mrn)]).values()) - {but}:
        raise MrnTaken


def _candidates(office: Office, words: Sequence[str]) -> Select[Patient]:
    """Patients whose names hold the first letters of each word; no more than can be opened in a moment."""
    found = select(Patient).where(Patient.office_id == office.id)
    for word in words:
        token = naming.search_token(word, office.id)
        found = found.where(
            Patient.id.in_(select(PatientToken.patient_id).where(PatientToken.token == token))
        )
    return found.order_by(Patient.id).limit(MOST_OPENED)


def _numbered(office: Office, mrn: str) -> list[Patient]:
    known = taken_mrns(office.id, [naming.mrn_token(mrn)]) if naming.mrn_form(mrn) else {}
    return [db.session.get_one(Patient, patient_id) for patient_id in known.values()]


def _matches(patient: Patient, words: Sequence[str]) -> bool:
    theirs = naming.name_words(patient.name or "")
    return all(any(each.startswith(word) for each in theirs) for word in words)
