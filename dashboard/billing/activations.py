"""Telling that a patient is active, or no longer (spec BIL-01, BIL-03, BIL-06).

Whatever is told late is settled at once: every cycle that the news touches is compared with the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from dashboard import actor, audit
from dashboard.audit import Action
from dashboard.billing import activity, drafts, ledger, months, periods, statuses
from dashboard.billing.periods import Period
from dashboard.errors import DomainError, Invalid, StaleVersion
from dashboard.extensions import db
from dashboard.many import is_sqlite
from dashboard.models import BillingCycle, Charge, Invoice, Office, Patient, PatientEvent, Told
from dashboard.models.invoice import LIVE_MONTHLY
from dashboard.unit import plain

# No EXISTS: after a bulk load PostgreSQL would hash every invoice there is to answer it for one cycle.
ITS_DRAFT = select(Invoice.id).where(Invoice.cycle_id == BillingCycle.id, LIVE_MONTHLY).scalar_subquery()
NOT_OVER = (
    select(*periods.VALUES, ITS_DRAFT)
    .where(BillingCycle.office_id == bindparam("office"), BillingCycle.end_utc > bindparam("at"))
    .order_by(BillingCycle.start_utc)
)


class InTheFuture(Invalid):
    """What has not happened yet cannot be told."""

    code = "IN_THE_FUTURE"

    def __init__(self) -> None:
        super().__init__("at", "This lies in the future. Give a time up to now, in UTC.")


class Erased(DomainError):
    """Nothing more can be told of somebody whose identity is gone."""

    code = "PATIENT_ERASED"

    def __init__(self) -> None:
        super().__init__("This patient was erased. Nothing more can be told of them.")


def refuse_future(at: datetime, now: datetime) -> None:
    """Raises InTheFuture if `at` lies after `now`."""
    if at > now:
        raise InTheFuture


def refuse_erased(patient: Patient) -> None:
    """Raises Erased if the patient's identity was destroyed."""
    if patient.erased_at is not None:
        raise Erased


def activate(patient: Patient, *, at: datetime, now: datetime) -> Charge | None:
    """Make a patient billable from `at` (UTC), and charge the office for the cycle that holds it.

    Charges once per patient and cycle, however often it is told: telling it again gives the same charge.
    None where nothing is due: the office's subscription was not running at `at`.

    Raises:
        InTheFuture, Erased: `at` lies after `now`; the patient's identity is gone.
        StaleVersion: the patient was moved to another office at this moment.
    """
    was_here = patient.activated_at is not None and not patient.is_active_for_billing
    charge = _tell(patient, Told.ACTIVATED, at=at, now=now)
    action = Action.PATIENT_REACTIVATED if was_here else Action.PATIENT_ACTIVATED
    audit.record(action, patient, changes={"cents": charge.cents if charge else 0})
    db.session.flush()
    return charge


def deactivate(patient: Patient, *, at: datetime, now: datetime) -> None:
    """End a patient's activity at `at` (UTC). No refund for the cycle that holds it, no charge in later ones.

    Raises:
        InTheFuture: `at` lies after `now`.
    """
    _tell(patient, Told.DEACTIVATED, at=at, now=now)
    audit.record(Action.PATIENT_DEACTIVATED, patient)


def _tell(patient: Patient, what: Told, *, at: datetime, now: datetime) -> Charge | None:
    """Keep what was told, and settle every cycle it touches, a former office's too; gives the charge of
    the present office's cycle that holds `at`.
    """
    refuse_future(at, now)
    offices = _locked(patient, now)
    db.session.flush()
    with db.session.no_autoflush:
        known = activity.history(patient)
        event = news(patient, what, at, now)
        db.session.add(event)
        events = activity.with_news(known, event)
        active = activity.redraw(patient, events, known)
        histories = statuses.histories(office.id for office in offices)
        stories = {office: ledger.Story(events, active, histories[office.id]) for office in offices}
        charges = {
            office.id: _settle(patient, story, *touched(office, at), at, now, is_new=not known)
            for office, story in stories.items()
        }
    return charges[patient.office_id]


def _locked(patient: Patient, now: datetime) -> list[Office]:
    """Every office that the news may touch, up to date, and the patient: nobody else's until the unit ends.

    Raises:
        Erased, StaleVersion: that is what became of the patient while we waited for them.
    """
    offices = [months.up_to_date(office_id, now) for office_id in _offices_of(patient)]
    if not is_sqlite():  # which has one writer: what this unit has read is still so
        db.session.refresh(patient, with_for_update=True)
    refuse_erased(patient)
    if patient.office_id not in {office.id for office in offices}:
        raise StaleVersion("patient")
    return offices


def _offices_of(patient: Patient) -> list[int]:
    """The ids of the patient's office and of those that it was active at before it moved."""
    if patient.activated_at is None:
        return [patient.office_id]
    told = select(PatientEvent.office_id).where(PatientEvent.patient_id == patient.id).distinct()
    return sorted({patient.office_id, *db.session.scalars(told)})


def news(patient: Patient, what: Told, at: datetime, now: datetime) -> PatientEvent:
    """What was told of a patient, not kept yet."""
    told = PatientEvent(
        patient_id=patient.id, office_id=patient.office_id, told=what, effective_at=at, told_at=now
    )
    told.told_by = actor.current().name
    return told


def touched(office: Office, at: datetime) -> tuple[list[Period], bool]:
    """The office's cycles that an event at this instant can change: the one that holds it, and all after
    it; and whether the newest has its draft.
    """
    rows = plain(NOT_OVER, {"office": office.id, "at": at}).all()
    return [Period(*tuple(row)[:-1]) for row in rows], bool(rows) and rows[-1][-1] is not None


def _settle(
    patient: Patient,
    story: ledger.Story,
    cycles: Sequence[Period],
    has_draft: bool,
    at: datetime,
    now: datetime,
    *,
    is_new: bool,
) -> Charge | None:
    """Settle each cycle on the newest one's invoice, whose draft begins with its first charge or line.

    Somebody new, of whom nothing was told before, has no turns to compare with.
    """
    turns = ledger.settled(patient, story, cycles, ledger.turns_of(patient, [] if is_new else cycles), now)
    added = [turn for cycle in cycles for turn in turns[cycle.id] if turn.id is None]
    db.session.add_all(added)
    if not has_draft and any(turn.cents for turn in added):
        drafts.begin(cycles[-1:], now)
    return ledger.charge_at(at, cycles, turns)
