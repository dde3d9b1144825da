"""Offices whose months are due, and a run over them, for tests of the monthly run."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import func, select

from dashboard.billing import activations, monthly_run
from dashboard.models import (
    MonthlyRun,
    Office,
    PriceVersion,
    Todo,
)
from dashboard.unit import reading, writing
from jobs import months
from tests.support import practice

MARCH = date(2026, 3, 1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def offices(count: int, patients: int = 2, anchor: date = MARCH) -> list[Office]:
    """Offices whose patients were active before the anchor."""
    with writing():
        made = [practice.office(anchor) for _ in range(count)]
        for office in made:
            for _ in range(patients):
                early = at("2026-01-05")
                activations.activate(practice.patient(office), at=early, now=early)
    return made


def asked(as_of: str) -> MonthlyRun:
    with writing():
        return monthly_run.ask(at(as_of), "test", at(as_of))


def ran(as_of: str, most: int = monthly_run.CHUNK) -> MonthlyRun:
    """A run over all that was due, as it is when it has ended."""
    run = asked(as_of)
    assert months.work(run.id, most=most)
    with reading() as session:
        return session.get_one(MonthlyRun, run.id)


def without_price(office: Office) -> None:
    """Let the plan of this office have no price."""
    with writing() as session:
        versions = select(PriceVersion).where(PriceVersion.plan_id == office.plan_id)
        for version in session.scalars(versions):
            version.effective = date(2030, 1, 1)


def priced_again(office: Office) -> None:
    with writing() as session:
        session.scalars(
            select(PriceVersion).where(PriceVersion.plan_id == office.plan_id)
        ).one().effective = practice.LONG_AGO


def count(model: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def todo_of(office: Office) -> Todo:
    with reading() as session:
        return session.scalars(select(Todo).where(Todo.key == f"parked:{office.ref}")).one()
