"""What an office would pay: a made-up history, told event by event to the same rules on an empty database.

Every event is told at its own instant, so nothing comes late. Needs a writing unit of a database with all
tables and nobody in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from dashboard.billing import activations, drafts, months, statuses
from dashboard.cycles import boundary, first_instant
from dashboard.extensions import db
from dashboard.models import BillingCycle, Charge, Office, OfficeStatus, Patient, Plan, PriceVersion, Told

EVER = date.min


@dataclass(frozen=True, slots=True)
class Event:
    """What is told of a patient, and the instant (UTC) at which it is told and from which it holds."""

    at: datetime
    patient: str
    told: Told


@dataclass(frozen=True, slots=True)
class Case:
    """An office's terms, what is told of its patients, and for how many cycles from the anchor.

    `prices` are (local day, cents) pairs: each holds for the cycles that begin on its day or later.
    """

    time_zone: str
    anchor: date
    status: OfficeStatus
    prices: Sequence[tuple[date, int]]
    events: Sequence[Event]
    cycles: int


@dataclass(frozen=True, slots=True)
class Month:
    """One cycle: local days, the same instants in UTC, patients charged and their cost in cents."""

    start: date
    end: date
    start_utc: datetime
    end_utc: datetime
    patients: int
    total_cents: int


def simulate(case: Case) -> list[Month]:
    """What the office pays in each of its cycles, the first one first."""
    office = _office(case)
    last = first_instant(boundary(case.anchor, case.cycles - 1), ZoneInfo(case.time_zone))
    after = first_instant(boundary(case.anchor, case.cycles), ZoneInfo(case.time_zone))
    patients = {name: _patient(office) for name in {event.patient for event in case.events}}
    for event in sorted(case.events, key=lambda each: each.at):
        if event.at < after:
            _tell(patients[event.patient], event)
    months.up_to_date(office.id, last)
    return _months(office)


def _tell(patient: Patient, event: Event) -> None:
    if event.told is Told.ACTIVATED:
        activations.activate(patient, at=event.at, now=event.at)
    else:
        activations.deactivate(patient, at=event.at, now=event.at)


def _office(case: Case) -> Office:
    begins = first_instant(case.anchor, ZoneInfo(case.time_zone))
    office = Office(code="SIMULATED", name="Simulated", time_zone=case.time_zone, created_at=begins)
    office.plan_id, office.billing_cycle_anchor_date = _plan(case.prices, begins), case.anchor
    office.subscription_status, office.next_boundary = case.status, begins
    _add(office)
    statuses.change(office, case.status, at=begins, cause="simulated")
    return office


def _plan(prices: Sequence[tuple[date, int]], now: datetime) -> int:
    plan = Plan(name="Simulated", created_at=now)
    _add(plan)
    db.session.add_all(
        PriceVersion(plan_id=plan.id, effective=day, cents=cents, created_at=now) for day, cents in prices
    )
    return plan.id


def _patient(office: Office) -> Patient:
    patient = Patient(office_id=office.id, created_at=office.created_at)
    _add(patient)
    return patient


def _add(row: Office | Plan | Patient) -> None:
    db.session.add(row)
    db.session.flush()


def _months(office: Office) -> list[Month]:
    ours = select(BillingCycle).where(BillingCycle.office_id == office.id).order_by(BillingCycle.number)
    cycles = db.session.scalars(ours).all()
    lines = drafts.lines_of(cycles)
    charged = select(Charge.cycle_id, func.sum(drafts.SIGN)).group_by(Charge.cycle_id)
    patients = {row[0]: int(row[1]) for row in db.session.execute(charged)}
    return [
        Month(
            cycle.start,
            cycle.end,
            cycle.start_utc.astimezone(UTC),
            cycle.end_utc.astimezone(UTC),
            patients.get(cycle.id, 0),
            sum(line.total_cents for line in lines[cycle.id]),
        )
        for cycle in cycles
    ]
