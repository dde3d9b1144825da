"""Filling an empty demo database, in chunks that are committed one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import islice

import pyotp
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.config import Settings
from dashboard.crypto import blind_index
from dashboard.demo import billing, cast
from dashboard.demo.rows import order_of, todo_of, trail_of
from dashboard.demo.stories import Story, stories
from dashboard.errors import DomainError
from dashboard.models import Office, Order, OrderSource, OrderStatus, PaymentStatus, Todo, User, UserState
from dashboard.orders.terms import new_order_number
from dashboard.people import passwords
from dashboard.unit import outside, reading, writing

CHUNK = 500
UNPAID = 12
SMALL = 300
TOLD_IN_FULL = 1_000


class NotADemo(DomainError):
    """Demo data was asked for elsewhere than in a demo."""

    code = "NOT_A_DEMO"

    def __init__(self) -> None:
        super().__init__("Demo data goes into a demo only. Start with: make run.")


def load(settings: Settings, *, todos: int, now: datetime, told: Callable[[int], None]) -> int:
    """Bring the demo up to that many todos and return how many were added; `told` hears of each chunk.

    An empty database also gets the staff, the offices and some orders not paid yet.

    Raises:
        NotADemo: the database serves live people or a test.
    """
    if settings.mode != "demo":
        raise NotADemo
    outside()
    secret = passwords.hashed(cast.password(settings.secret_key or ""))
    with writing() as session:
        staff, offices = _people(session, secret, now), _offices(session, now)
        _office_people(session, offices[0], secret, now)
    with reading() as session:
        there = session.scalar(select(func.count()).select_from(Todo)) or 0
    planned = islice(stories(max(todos, there), now, workers=2, offices=len(offices)), there, None)
    added = _write_all(planned, staff, offices, settings, now, told)
    if there == 0:
        _add_unpaid(now)
    billing.load(now)
    return added


def _people(session: Session, secret: str, now: datetime) -> list[User]:
    known = session.scalars(select(User).order_by(User.id)).all()
    if known:
        return list(known)
    staff = [_user(member, secret, now) for member in cast.STAFF]
    session.add_all(staff)
    session.flush()
    return staff


def _office_people(session: Session, office: Office, secret: str, now: datetime) -> None:
    """Somebody who signs in to the portal of this office, unless there is anybody of an office."""
    if session.scalar(select(User.id).where(User.office_id.is_not(None)).limit(1)):
        return
    people = [_user(member, secret, now) for member in cast.OFFICE_PEOPLE]
    for user in people:
        user.office_id = office.id
    session.add_all(people)


def _user(member: cast.Member, secret: str, now: datetime) -> User:
    return User(
        name=member.name,
        email=member.email,
        email_index=blind_index(member.email, purpose="users.email"),
        role=member.role,
        state=UserState.ACTIVE,
        password_hash=secret,
        totp_secret=pyotp.random_base32(),
        created_at=now - timedelta(days=90),
    )


def _offices(session: Session, now: datetime) -> list[Office]:
    known = session.scalars(select(Office).order_by(Office.id)).all()
    if known:
        return list(known)
    made = [_office(number, name, now) for number, name in enumerate(cast.practices())]
    session.add_all(made)
    session.flush()
    return made


def _office(number: int, name: str, now: datetime) -> Office:
    place = name.split()[0].lower()
    return Office(
        code=f"D{number:03d}",
        name=name,
        billing_email=f"billing@{place}.example",
        time_zone=cast.ZONES[number % len(cast.ZONES)],
        created_at=now - timedelta(days=100),
    )


def _write_all(
    planned: islice[Story],
    staff: Sequence[User],
    offices: Sequence[Office],
    settings: Settings,
    now: datetime,
    told: Callable[[int], None],
) -> int:
    added = 0
    while chunk := list(islice(planned, CHUNK)):
        with writing() as session:
            _write(session, chunk, staff[1:3], offices, settings, now, with_trail=added < TOLD_IN_FULL)
        added += len(chunk)
        told(added)
    return added


def _write(
    session: Session,
    chunk: Sequence[Story],
    staff: Sequence[User],
    offices: Sequence[Office],
    settings: Settings,
    now: datetime,
    *,
    with_trail: bool,
) -> None:
    orders = [order_of(story, offices) for story in chunk]
    session.add_all(orders)
    session.flush()
    pairs = list(zip(chunk, orders, strict=True))
    todos = [todo_of(story, order, staff, settings.firm_time_zone, now) for story, order in pairs]
    earlier = [(first, order) for story, order in pairs if (first := story.before_renewal())]
    session.add_all(todo_of(first, order, staff, settings.firm_time_zone, now) for first, order in earlier)
    session.add_all(todos)
    session.flush()
    if with_trail:
        for (story, order), todo in zip(pairs, todos, strict=True):
            session.add_all(trail_of(story, order, todo, staff))


def _add_unpaid(now: datetime) -> None:
    """Orders of people who chose to be called: nobody has recorded a payment yet."""
    with writing() as session:
        offices = session.scalars(select(Office).order_by(Office.id)).all()
        waiting = [
            order_of(story, offices) for story in stories(UNPAID, now, workers=1, offices=len(offices))
        ]
        session.add_all(_unpaid(order) for order in waiting)


def _unpaid(order: Order) -> Order:
    order.order_number = number = new_order_number()
    order.entry_key, order.source = f"demo:{number}", OrderSource.PUBLIC
    order.payment_status, order.status, order.paid_at = PaymentStatus.UNPAID, OrderStatus.PENDING, None
    order.canceled_at = order.cancel_cause = None
    return order
