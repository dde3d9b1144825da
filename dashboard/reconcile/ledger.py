"""The wall's lists of the ledger: whoever was activated is charged, whatever was charged is invoiced."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, select
from sqlalchemy.orm import Session

from dashboard.billing import activations, drafts
from dashboard.models import (
    BillingCycle,
    Charge,
    Invoice,
    Office,
    OfficeStatus,
    Patient,
    PatientEvent,
    StatusChange,
    Told,
)
from dashboard.reconcile.shapes import Mending, WallList
from dashboard.rights import Permission
from dashboard.rows import found, locked

WATCHED = timedelta(days=7)
CHARGED = [status for status in OfficeStatus if status.is_charged]


def uncharged_activations(by: datetime) -> Select[Any]:
    """Looks back 7 days, to stay quick over years of activations: somebody looks at the wall each day."""
    at, is_its = PatientEvent.effective_at, BillingCycle.office_id == PatientEvent.office_id
    in_cycle = is_its & (BillingCycle.start_utc <= at) & (BillingCycle.end_utc > at)
    charge = (Charge.cycle_id == BillingCycle.id, Charge.patient_id == PatientEvent.patient_id)
    told = (
        PatientEvent.told == Told.ACTIVATED,
        PatientEvent.told_at < by,
        PatientEvent.told_at > by - WATCHED,
    )
    label = literal("Patient ") + func.substr(Patient.ref, 1, 8)
    rows = _rows(PatientEvent.id, label, cast(Patient.id, String), PatientEvent.told_at)
    rows = rows.join(Patient, Patient.id == PatientEvent.patient_id).join(BillingCycle, in_cycle)
    return rows.where(*told, _is_charged(at), ~select(Charge.id).where(*charge).exists())


def _is_charged(at: Any) -> ColumnElement[bool]:
    """Whether the event's office had a status at this instant in which a patient is charged."""
    before = (StatusChange.office_id == PatientEvent.office_id, StatusChange.at <= at)
    newest = (
        select(StatusChange.status).where(*before).order_by(StatusChange.at.desc(), StatusChange.id.desc())
    )
    return newest.limit(1).correlate(PatientEvent).scalar_subquery().in_(CHARGED)


def charges_without_invoice(by: datetime) -> Select[Any]:
    """By cycle. Looks at the cycles that began in the last 90 days."""
    costs = (Charge.cycle_id == BillingCycle.id, Charge.cents > 0, Charge.told_at < by)
    invoice = (Invoice.office_id == BillingCycle.office_id, Invoice.cycle_id == BillingCycle.id)
    missing = (~select(Invoice.id).where(*invoice).exists(), select(Charge.id).where(*costs).exists())
    label = literal("Office ") + Office.code + literal(", month from ") + cast(BillingCycle.start, String)
    rows = _rows(BillingCycle.id, label, cast(Office.id, String), BillingCycle.start_utc)
    rows = rows.join(Office, Office.id == BillingCycle.office_id)
    return rows.where(BillingCycle.start_utc > by - timedelta(days=90), *missing)


def _rows(id: Any, label: Any, name: Any, since: Any) -> Select[Any]:
    return select(id.label("id"), label.label("label"), name.label("name"), since.label("since"))


def tell_again(session: Session, event_id: int, now: datetime) -> None:
    """Tell the activation once more: what is owed and not charged is charged then."""
    event = found(PatientEvent, event_id, "event")
    activations.activate(found(Patient, event.patient_id, "patient"), at=event.effective_at, now=now)


def draft_again(session: Session, cycle_id: int, now: datetime) -> None:
    """Make the draft that is missing; of a cycle that is over, with its lines."""
    cycle = found(BillingCycle, cycle_id, "cycle")
    office = locked(Office, cycle.office_id, "office")
    drafts.begin([cycle], now)
    if cycle.closed_at is not None:
        drafts.close([(office, cycle)], now)


LISTS = (
    WallList(
        "activation-without-charge",
        "Activations without a charge",
        "a patient was activated a minute ago or earlier, and the office was not charged",
        timedelta(minutes=1),
        uncharged_activations,
        "/staff/patients/{name}",
        Mending("Tell it again", permission=Permission.CHANGE_PATIENTS, act=tell_again),
    ),
    WallList(
        "charge-without-invoice",
        "Charges without an invoice",
        "an office was charged for a month that has no invoice, not even a draft",
        timedelta(minutes=1),
        charges_without_invoice,
        "/staff/offices/{name}",
        Mending("Make the draft", permission=Permission.CHANGE_INVOICES, act=draft_again),
    ),
)
