"""What the invented offices owe: their subscriptions, their patients, and some months that have turned.

Everything is told through the same functions as on a live system, at instants in the past, so that ledger,
drafts and closed invoices are what they would have become.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.billing import activations, months, statuses
from dashboard.cycles import boundary, first_instant
from dashboard.demo import cast
from dashboard.extensions import db
from dashboard.models import Office, OfficeStatus, Patient, Plan, PriceVersion, Told
from dashboard.unit import writing

CENTS = 2_00
PLAN = "Demo plan"
LONG_AGO = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Terms:
    """One office's subscription: its first day (months back, day of the month), patients, how it stands."""

    months_back: int
    day: int
    patients: int
    status: OfficeStatus = OfficeStatus.ACTIVE


TERMS = (
    Terms(4, 1, 24),
    Terms(4, 15, 32),
    Terms(3, 31, 12, OfficeStatus.PAST_DUE),
    Terms(3, 7, 18),
    Terms(1, 20, 9, OfficeStatus.TRIALING),
    Terms(4, 28, 14, OfficeStatus.CANCELED),
    Terms(2, 3, 38),
)


@dataclass(frozen=True, slots=True)
class Telling:
    """Something told of a patient, at once when it happened."""

    at: datetime
    patient: int
    told: Told


def load(now: datetime) -> int:
    """Give the demo's offices their billing; returns how many got it. Harmless to repeat.

    The last office has no subscription yet, so that one can be started by hand.
    """
    with writing() as session:
        plan = _plan(session, now)
        waiting = select(Office).where(Office.subscription_status.is_(None), Office.code.startswith("D"))
        offices = list(zip(session.scalars(waiting.order_by(Office.id)), TERMS, strict=False))
        ids = [(office.id, terms) for office, terms in offices if _is_new(session, office)]
    dice = Random(20261121)
    for office_id, terms in ids:
        with writing() as session:
            _live(session.get_one(Office, office_id), plan, terms, dice, now)
    return len(ids)


def _is_new(session: Session, office: Office) -> bool:
    return session.scalar(select(Patient.id).where(Patient.office_id == office.id).limit(1)) is None


def _plan(session: Session, now: datetime) -> int:
    known = session.scalar(select(Plan).where(Plan.name == PLAN))
    if known is None:
        known = Plan(name=PLAN, created_at=now)
        session.add(known)
        session.flush()
        session.add(PriceVersion(plan_id=known.id, effective=LONG_AGO, cents=CENTS, created_at=now))
    return known.id


def _live(office: Office, plan: int, terms: Terms, dice: Random, now: datetime) -> None:
    """One office from its first day to now: told in order, so that every month turns in its time."""
    begins = _subscribe(office, plan, terms, now)
    patients = [_patient(office, dice, begins) for _ in range(terms.patients)]
    db.session.add_all(patients)
    db.session.flush()
    for telling in sorted(_tellings(terms, begins, now, dice), key=lambda each: each.at):
        tell = activations.activate if telling.told is Told.ACTIVATED else activations.deactivate
        tell(patients[telling.patient], at=telling.at, now=telling.at)
    months.up_to_date(office.id, now)


def _subscribe(office: Office, plan: int, terms: Terms, now: datetime) -> datetime:
    """The office's subscription; gives the instant at which its first month begins."""
    today = now.astimezone(ZoneInfo(office.time_zone)).date()
    anchor = boundary(today.replace(day=1), -terms.months_back)
    anchor = boundary(date(anchor.year, 1, terms.day), anchor.month - 1)
    begins = first_instant(anchor, ZoneInfo(office.time_zone))
    office.plan_id, office.billing_cycle_anchor_date = plan, anchor
    office.subscription_started_at = office.next_boundary = begins
    office.created_at = begins - timedelta(days=4)
    status = terms.status if terms.status is OfficeStatus.TRIALING else OfficeStatus.ACTIVE
    office.subscription_status = status
    if status is OfficeStatus.TRIALING:
        office.trial_ends_on = boundary(anchor, terms.months_back + 2)
    statuses.change(office, status, at=begins, cause="subscription started")
    return begins


def _patient(office: Office, dice: Random, at: datetime) -> Patient:
    """A plainly invented person."""
    made = Patient(office_id=office.id, created_at=at)
    made.name = f"{dice.choice(cast.GIVEN)} {dice.choice(cast.FAMILY)}-Patient"
    made.date_of_birth = date(
        dice.randrange(1940, 2015), dice.randrange(1, 13), dice.randrange(1, 29)
    ).isoformat()
    made.mrn = f"DEMO-{dice.randrange(10**6):06d}"
    made.email = f"patient{dice.randrange(10**5):05d}@demo.example"
    return made


def _tellings(terms: Terms, begins: datetime, now: datetime, dice: Random) -> Iterator[Telling]:
    """Half of the patients begin in the first fortnight, the others later; some pause, and one comes back."""
    for number in range(terms.patients):
        latest = (now - begins).total_seconds() * (0.15 if number % 2 else 0.9)
        started = begins + timedelta(seconds=int(dice.uniform(0.01, 1) * latest))
        yield Telling(started, number, Told.ACTIVATED)
        if number % 6 == 5:
            ended = started + (now - started) * dice.uniform(0.3, 0.7)
            yield Telling(ended, number, Told.DEACTIVATED)
            if number % 12 == 11:
                yield Telling(ended + (now - ended) / 2, number, Told.ACTIVATED)
