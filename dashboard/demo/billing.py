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

from dashboard import actor
from dashboard.actor import Actor, acting
from dashboard.billing import (
    activations,
    dunning,
    firm,
    months,
    patients,
    plans,
    revenue,
    standing,
    subscriptions,
    verification,
)
from dashboard.billing.identities import Identity
from dashboard.cycles import boundary, first_instant
from dashboard.demo import cast, letters, money
from dashboard.extensions import db
from dashboard.models import Invoice, Office, Patient, Plan, Told, User
from dashboard.rights import Role
from dashboard.unit import writing

CENTS = 2_00
PLAN = "Demo plan"
LONG_AGO = date(2020, 1, 1)
VERIFIED_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """One office's subscription: its first day (months back, day of the month), its patients, how it stands,
    and the story of its invoices (see `money`).
    """

    months_back: int
    day: int
    patients: int
    story: tuple[str, ...] = ()
    on_trial: bool = False
    ends: bool = False
    is_verified: bool = True


TERMS = (
    Terms(4, 1, 24, ("check", "card", "card")),
    Terms(4, 15, 32, ("card", "refunded", "check")),
    Terms(3, 31, 12, ("failed",)),
    Terms(4, 7, 18, ("check", "card", "returned"), is_verified=False),
    Terms(1, 20, 9, on_trial=True),
    Terms(4, 28, 14, ("card", "void"), ends=True),
    Terms(3, 3, 38, ("partly", "credited")),
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
        plan, actors = _plan(session, now), _actors(session)
        offices = session.scalars(select(Office).order_by(Office.id).limit(len(TERMS))).all()
        waiting = [
            (office.id, terms)
            for office, terms in zip(offices, TERMS, strict=False)
            if office.subscription_status is None
        ]
    dice = Random(20261121)
    for office_id, terms in waiting:
        with writing() as session, acting(actors[0]):
            _live(session.get_one(Office, office_id), plan, terms, dice, now)
        with writing() as session, acting(actors[1]):
            _settle(session.get_one(Office, office_id), terms, now)
    if waiting:
        with writing(), acting(actors[1]):
            _keep_books(now)
    return len(waiting)


def _keep_books(now: datetime) -> None:
    """Reminders of what is late, and the books closed up to the month before the last."""
    for invoice_id in dunning.due(now):
        dunning.take(db.session.get_one(Invoice, invoice_id), now)
    present = firm.ours().day(now).replace(day=1)
    for months_back in (4, 3, 2):
        revenue.close(boundary(present, -months_back), now)


def _actors(session: Session) -> tuple[Actor, Actor]:
    """Who tells, and who verifies and approves: an administrator and somebody of billing."""
    staff = {user.role: user for user in session.scalars(select(User).order_by(User.id.desc()))}
    first, second = staff[Role.ADMIN], staff[Role.BILLING]
    return Actor(first.ref, first.role, first.id), Actor(second.ref, second.role, second.id)


def _plan(session: Session, now: datetime) -> int:
    known = session.scalar(select(Plan.id).where(Plan.name == PLAN))
    return known or plans.create(PLAN, CENTS, effective=LONG_AGO, now=now).id


def _live(office: Office, plan: int, terms: Terms, dice: Random, now: datetime) -> None:
    """One office from its first day to now: told in order, so that every month turns in its time."""
    begins = _subscribe(office, plan, terms, now)
    people = [_patient(office, dice, begins) for _ in range(terms.patients)]
    ends = now - timedelta(days=50) if terms.ends else now
    for telling in sorted(_tellings(terms, begins, now, dice), key=lambda each: each.at):
        tell = activations.activate if telling.told is Told.ACTIVATED else activations.deactivate
        if telling.at < ends:
            tell(people[telling.patient], at=telling.at, now=telling.at)
    if terms.ends:
        subscriptions.cancel(office, ends)
    months.up_to_date(office.id, now)


def _settle(office: Office, terms: Terms, now: datetime) -> None:
    """Its strings verified by a second person, its invoices as their story says."""
    if terms.is_verified:
        verified = office.created_at + VERIFIED_AFTER
        verification.verify(office, version=office.version, now=verified)
        letters.introduced(office, verified)
    money.tell(office, terms.story, now)
    standing.refresh_status(office, now)


def _subscribe(office: Office, plan: int, terms: Terms, now: datetime) -> datetime:
    """The office's subscription; gives the instant at which its first month begins."""
    today = now.astimezone(ZoneInfo(office.time_zone)).date()
    month = boundary(today.replace(day=1), -terms.months_back)
    anchor = boundary(date(month.year, 1, terms.day), month.month - 1)
    begins = first_instant(anchor, ZoneInfo(office.time_zone))
    office.created_at = begins - timedelta(days=4)
    office.name_entered_by = office.email_entered_by = actor.current().user_id
    trial = boundary(anchor, terms.months_back + 2) if terms.on_trial else None
    subscriptions.start(office, db.session.get_one(Plan, plan), anchor, begins, trial)
    return begins


def _patient(office: Office, dice: Random, at: datetime) -> Patient:
    """A plainly invented person."""
    born = date(dice.randrange(1940, 2015), dice.randrange(1, 13), dice.randrange(1, 29))
    name = f"{dice.choice(cast.GIVEN)} {dice.choice(cast.FAMILY)}-Patient"
    email, mrn = f"patient{dice.randrange(10**5):05d}@demo.example", f"DEMO-{dice.randrange(10**6):06d}"
    return patients.create(office, Identity(name, born.isoformat(), email, None, mrn), at)


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
