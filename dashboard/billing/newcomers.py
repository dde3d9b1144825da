"""Many new patients of one office at once: the rules of one activation, in a few statements for all of them.

Of somebody new nothing was told before: there is no history to replay and no turn to compare with (spec
BIL-01, PAT-01).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard import audit
from dashboard.audit import Action
from dashboard.billing import activations, activity, drafts, ledger, patients, statuses
from dashboard.billing.activity import Interval
from dashboard.billing.identities import Identity
from dashboard.billing.periods import Period
from dashboard.billing.statuses import History
from dashboard.extensions import db
from dashboard.models import Charge, Office, Patient, PatientEvent, Told


@dataclass(frozen=True, slots=True)
class Begun:
    """A new patient who is active, what was told of them, and the one interval that it amounts to."""

    patient: Patient
    event: PatientEvent
    active: Sequence[Interval]


def add(office: Office, told: Sequence[tuple[Identity, datetime | None]], now: datetime) -> None:
    """Add these patients, and make each billable from its instant (UTC), where it has one.

    For whoever holds the office up to date and has checked the record numbers.

    Raises:
        InTheFuture: an instant lies after `now`.
    """
    added = [(patients.new(office, identity, now), at) for identity, at in told]
    begun = [_begun(patient, at, now) for patient, at in added if at is not None]
    found = [patient for patient, _ in added]
    db.session.add_all(found)
    db.session.flush()
    audit.record_all(Action.PATIENT_CREATED, [(patient, {}) for patient in found])
    if begun:
        _charge(office, begun, now)


def _begun(patient: Patient, at: datetime, now: datetime) -> Begun:
    activations.refuse_future(at, now)
    event = activations.news(patient, Told.ACTIVATED, at, now)
    active = activity.intervals([event])
    activity.say(patient, active)
    return Begun(patient, event, active)


def _charge(office: Office, begun: Sequence[Begun], now: datetime) -> None:
    """Keep what was told of them, and charge every cycle that it touches."""
    cycles, has_draft = activations.touched(office, min(each.event.effective_at for each in begun))
    history = statuses.histories([office.id])[office.id]
    turns, told = list[Charge](), list[tuple[Patient, dict[str, int]]]()
    for each in begun:
        new, charge = _turns(each, cycles, history, now)
        turns += new
        told.append((each.patient, {"cents": charge.cents if charge else 0}))
    if not has_draft and any(turn.cents for turn in turns):
        drafts.begin(cycles[-1:], now)
    _write(begun, turns)
    audit.record_all(Action.PATIENT_ACTIVATED, told)


def _turns(
    each: Begun, cycles: Sequence[Period], history: History, now: datetime
) -> tuple[list[Charge], Charge | None]:
    """What the patient owes, and which of it is for the cycle in which they became active."""
    at = each.event.effective_at
    theirs = [cycle for cycle in cycles if cycle.end_utc > at]
    turns = ledger.settled(each.patient, ledger.Story([each.event], each.active, history), theirs, {}, now)
    return [turn for new in turns.values() for turn in new], ledger.charge_at(at, theirs, turns)


def _write(begun: Sequence[Begun], turns: Sequence[Charge]) -> None:
    for each in begun:
        each.event.patient_id = each.patient.id
        db.session.add_all([each.event, *activity.rows(each.patient, each.active)])
    db.session.add_all(turns)
    db.session.flush()
