"""Six runs at once, killed half-way and started again: one invoice per office and cycle, no charge twice."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dashboard import clock
from dashboard.billing import invoices
from dashboard.cycles import boundary
from dashboard.models import (
    ActivityInterval,
    BillingCycle,
    Charge,
    DocumentState,
    Invoice,
    InvoiceLineItem,
    MonthlyRun,
    Office,
    RunState,
)
from dashboard.rows import locked
from dashboard.unit import reading, writing
from tests.conftest import environment, migrated
from tests.support import practice
from tests.support.processes import PATIENCE, Processes, processes, until
from tests.support.runner import READY

OFFICES, PATIENTS, MONTHS, RUNNERS, CHUNK = 40, 3, 6, 6, "3"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
pytestmark = [pytest.mark.faults, pytest.mark.both]


@pytest.fixture
def started(tmp_path: Path, database: str, request: pytest.FixtureRequest) -> Iterator[Processes]:
    """The means to start processes on a migrated database of its own."""
    urls = {} if database == "sqlite" else request.getfixturevalue("postgres").new_database()
    env = environment(tmp_path, **urls)
    with migrated(env) as app, app.app_context(), processes(env, tmp_path) as running:
        yield running


def fill(today: date) -> None:
    """Offices that nobody has billed for half a year, their patients active since before."""
    anchor = boundary(today.replace(day=1), 1 - MONTHS)
    with writing() as session:
        for _ in range(OFFICES):
            office = practice.office(anchor, zone="UTC")
            patients = [practice.patient(office) for _ in range(PATIENTS)]
            session.add_all(
                ActivityInterval(patient_id=patient.id, office_id=office.id, started=LONG_AGO)
                for patient in patients
            )


def start_all(started: Processes, attempt: str, now: datetime) -> None:
    """All six begin at the same moment, each for the months that ended by `now`."""
    start = started.folder / f"start {attempt}"
    names = [f"{attempt} {number}" for number in range(RUNNERS)]
    for name in names:
        started.start(name, sys.executable, "-m", "tests.support.runner", CHUNK, str(start), now.isoformat())
    until(lambda: all(READY in started.said(name) for name in names))
    start.touch()


def turned() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(BillingCycle)) or 0


def have_ended(started: Processes) -> bool:
    return all(process.poll() is not None for process in started.running.values())


def issue_all(now: datetime) -> None:
    closed = select(Invoice.id).where(Invoice.document_state == DocumentState.CLOSED).order_by(Invoice.id)
    with reading() as session:
        ids = session.scalars(closed).all()
    for invoice_id in ids:
        with writing():
            invoices.issue(locked(Invoice, invoice_id), on=now.date(), now=now)


def test_six_runs_killed_half_way_and_started_again_bill_everything_once(started: Processes) -> None:
    now = clock.now()
    fill(now.date())
    start_all(started, "first", now)
    until(lambda: turned() > OFFICES)
    for name in list(started.running):
        started.kill(name)
    half_way = turned()
    assert half_way < OFFICES * MONTHS, "all was done before the kill: this proves nothing"

    start_all(started, "second", now)
    until(lambda: have_ended(started), 2 * PATIENCE)

    assert {process.returncode for process in started.running.values()} == {0}, started.said("second 0")
    assert turned() == OFFICES * MONTHS
    issue_all(now)
    with reading() as session:
        run, *after_it = session.scalars(select(MonthlyRun).order_by(MonthlyRun.id)).all()
        counted = (run.state, run.offices_due, run.cycles_turned, run.charges, run.invoices_closed)
        turns = session.execute(select(Charge.office_id, Charge.cycle_id, Charge.patient_id)).all()
        per_cycle = session.execute(select(Invoice.cycle_id, func.count()).group_by(Invoice.cycle_id)).all()
        lines = session.scalars(select(InvoiceLineItem.quantity)).all()
        numbers = {
            code: session.scalars(
                select(Invoice.number)
                .where(Invoice.office_id == office_id, Invoice.number.is_not(None))
                .order_by(Invoice.billing_period_start)
            ).all()
            for office_id, code in session.execute(select(Office.id, Office.code))
        }
    cycles, closed = OFFICES * MONTHS, OFFICES * (MONTHS - 1)
    assert [late.cycles_turned for late in after_it] == [0] * len(after_it), (
        "who came after the end turned a month"
    )
    assert counted == (RunState.DONE, OFFICES, cycles, cycles * PATIENTS, closed)
    assert len(turns) == len(set(turns)) == cycles * PATIENTS
    assert [count for _, count in per_cycle] == [1] * cycles
    assert lines == [PATIENTS] * closed
    assert numbers == {code: [f"{code}-{n:04}" for n in range(1, MONTHS)] for code in numbers}
