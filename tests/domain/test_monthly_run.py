"""The monthly run turns every month that has ended (BIL-04, BIL-05)."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.audit import Action
from dashboard.billing import monthly_run
from dashboard.models import (
    AuditEvent,
    BillingCycle,
    Charge,
    Invoice,
    Job,
    RunState,
)
from dashboard.unit import reading, writing
from jobs import months
from tests.support import practice
from tests.support.turning import asked, at, count, offices, ran

pytestmark = pytest.mark.both


def test_a_run_charges_every_active_patient_of_every_office_once(app: Flask) -> None:
    offices(3, patients=4)
    run = ran("2026-03-02")
    assert (run.state, run.offices_due, run.cycles_turned, run.charges) == (RunState.DONE, 3, 3, 12)
    assert count(Charge) == 12
    assert count(Invoice) == 3


def test_a_run_in_chunks_does_what_one_in_a_single_chunk_does(app: Flask) -> None:
    offices(5)
    run = ran("2026-05-02", most=2)
    assert (run.cycles_turned, run.charges, run.invoices_closed, run.total_cents) == (15, 30, 10, 40_00)


def test_a_missed_run_catches_up_cycle_by_cycle_with_the_right_periods(app: Flask) -> None:
    [office] = offices(1)
    ran("2026-06-02")
    with reading() as session:
        starts = session.scalars(select(BillingCycle.start).order_by(BillingCycle.number))
        assert [start.isoformat() for start in starts] == [
            "2026-03-01",
            "2026-04-01",
            "2026-05-01",
            "2026-06-01",
        ]
        assert practice.charged(office) == 8
    assert count(Invoice) == 4


def test_a_second_run_finds_everything_done(app: Flask) -> None:
    offices(2)
    ran("2026-03-02")
    again = ran("2026-03-02")
    assert (again.offices_due, again.cycles_turned, again.charges) == (0, 0, 0)
    assert count(Charge) == 4


def test_while_a_run_is_unfinished_asking_gives_the_same_one(app: Flask) -> None:
    offices(1)
    first = asked("2026-03-02")
    assert asked("2026-04-02").id == first.id
    months.work(first.id)
    assert asked("2026-04-02").id != first.id


def test_a_run_is_asked_of_the_workers_once(app: Flask) -> None:
    offices(1)
    asked("2026-03-02")
    asked("2026-03-02")
    with reading() as session:
        assert [job.kind for job in session.scalars(select(Job))] == ["billing.run"]


def test_a_month_that_has_not_ended_cannot_be_run(app: Flask) -> None:
    with writing(), pytest.raises(monthly_run.NotYet):
        monthly_run.ask(at("2026-03-03"), "test", at("2026-03-02"))


def test_only_what_had_ended_by_the_asked_instant_is_turned(app: Flask) -> None:
    offices(1)
    run = asked("2026-03-02")
    assert months.work(run.id)
    assert count(BillingCycle) == 1


def test_each_cycle_of_an_office_leaves_one_audit_event(app: Flask) -> None:
    [office] = offices(1, patients=5)
    ran("2026-05-02")
    turned = (Action.CYCLE_OPENED.value, Action.CYCLE_CLOSED.value)
    events = select(AuditEvent.action).where(AuditEvent.object_ref == office.ref).order_by(AuditEvent.id)
    with reading() as session:
        told = [action for action in session.scalars(events) if action in turned]
    assert told == ["cycle opened", "cycle closed", "cycle closed"]
