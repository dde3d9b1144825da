"""Many new patients at once come to what each of them would alone, whatever the office (PAT-01, BIL-01)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from dashboard.billing import activations, months, newcomers, patients, statuses
from dashboard.billing.identities import Identity
from dashboard.extensions import db
from dashboard.many import is_sqlite
from dashboard.models import (
    ActivityInterval,
    AuditEvent,
    Charge,
    Office,
    OfficeStatus,
    Patient,
    PatientEvent,
    PatientToken,
)
from dashboard.unit import writing
from tests.support import practice

NOW = datetime(2026, 5, 20, 15, tzinfo=UTC)
ANCHOR = date(2026, 1, 31)
TOLD = [
    (Identity("Ann Sample", "1980-01-02", "ann@example.test", "555 010 0101", "A1"), NOW),
    (Identity("Bob Sample"), None),
    (Identity("Cid Sample", mrn="C-3"), NOW - timedelta(days=10)),
    (Identity("Dee Sample"), datetime(2026, 3, 31, 4, tzinfo=UTC)),
    (Identity("Eve Sample"), datetime(2025, 12, 1, tzinfo=UTC)),
    (Identity("Fay Sample"), datetime(2026, 2, 14, tzinfo=UTC)),
]
pytestmark = pytest.mark.both


def office(changes: list[tuple[int, OfficeStatus]]) -> Office:
    made = practice.office(ANCHOR)
    for month, status in changes:
        statuses.change(made, status, at=datetime(2026, month, 10, tzinfo=UTC), cause="test")
    db.session.flush()
    return months.up_to_date(made.id, NOW)


def one_by_one(of: Office) -> None:
    for identity, at in TOLD:
        patient = patients.create(of, identity, NOW)
        if at is not None:
            activations.activate(patient, at=at, now=NOW)


def books(of: Office) -> dict[str, list[tuple[object, ...]]]:
    """All that was written of an office's patients, each named by what sets them apart; no random refs."""
    theirs = db.session.scalars(select(Patient).where(Patient.office_id == of.id)).all()
    found: dict[str, list[tuple[object, ...]]] = {"invoices": [(practice.invoiced(of),)]}
    for each in theirs:
        found[str(each.name)] = [
            (each.is_active_for_billing, each.activated_at, each.deactivated_at, each.date_of_birth),
            *[(one.told, one.effective_at, one.told_at, one.told_by) for one in kept(PatientEvent, each)],
            *[(one.started, one.ended) for one in kept(ActivityInterval, each)],
            *[(one.turn, one.cents, one.due_at, one.told_at) for one in kept(Charge, each)],
            *sorted((one.kind,) for one in kept(PatientToken, each)),
            *audited(each),
        ]
    return found


def kept(table: Any, of: Patient) -> Sequence[Any]:
    return db.session.scalars(select(table).filter_by(patient_id=of.id).order_by(table.id)).all()


def audited(patient: Patient) -> list[tuple[object, ...]]:
    events = select(AuditEvent).where(AuditEvent.object_ref == patient.ref).order_by(AuditEvent.id)
    return [(one.action, one.changes, one.actor, one.object_type) for one in db.session.scalars(events)]


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [(3, OfficeStatus.INACTIVE), (5, OfficeStatus.ACTIVE)],
        [(2, OfficeStatus.TRIALING), (4, OfficeStatus.ACTIVE)],
        [(5, OfficeStatus.CANCELED)],
    ],
)
def test_many_at_once_come_to_what_each_would_alone(
    app: Flask, changes: list[tuple[int, OfficeStatus]]
) -> None:
    with writing():
        alone, together = office(changes), office(changes)
        one_by_one(alone)
        newcomers.add(together, TOLD, NOW)
        assert books(together) == books(alone)
        assert len(books(alone)) == len(TOLD) + 1


def test_one_who_would_begin_in_the_future_is_refused(app: Flask) -> None:
    with writing() as session, pytest.raises(activations.InTheFuture):
        newcomers.add(office([]), [(Identity("Ann Sample"), NOW + timedelta(seconds=1))], NOW)
        session.rollback()


def test_two_hundred_ask_no_more_than_two(app: Flask) -> None:
    assert statements(200) <= statements(2)


def statements(count: int) -> int:
    """How many it takes to add so many; on SQLite without the inserts, which cost no message there."""
    asked: list[str] = []
    with writing() as session:
        of, driver_cursor = office([]), "before_cursor_execute"
        event.listen(session.connection(), driver_cursor, lambda *told: asked.append(str(told[2])))
        newcomers.add(of, [(Identity(f"Sample {'x' * (n % 50 + 1)}"), NOW) for n in range(count)], NOW)
        return len([each for each in asked if not (is_sqlite() and each.startswith("INSERT"))])
