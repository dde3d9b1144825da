"""Doing an order: one todo for each thing paid for, in the spec's words (FUL-01 to FUL-10)."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from dashboard import catalog
from dashboard.catalog import SERVICES
from dashboard.extensions import db
from dashboard.intake import Intake
from dashboard.models import Job, JobState, Message, Order, Todo, TodoCategory
from dashboard.orders import fulfillment
from dashboard.unit import reading, writing
from jobs import run
from tests.conftest import NOW, environment
from tests.support.sales import ZONE, sell, work

pytestmark = pytest.mark.usefixtures("app")
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.slug)
def test_each_service_opens_its_todo(service: catalog.Service) -> None:
    with writing():
        order = sell(service.slug, paid_note="check 7")
    work("orders.dispatch")
    todo = only_todo()
    assert todo.title == f"{service.name} — Dr. Sample Provider (NPI 1234567893)"
    assert (todo.category, todo.priority) == (TodoCategory.FILING, service.priority)
    assert (todo.order_number, todo.service_slug) == (order.order_number, service.slug)
    assert todo.key == f"fulfil:{order.order_number}"
    assert [item["key"] for item in todo.checklist][: len(service.checklist)] == [
        item.key for item in service.checklist
    ]
    assert todo.description.startswith(f"Action: {service.action}")


def test_a_renewal_has_a_todo_of_its_own_that_names_its_invoice() -> None:
    with writing():
        order = sell("oig-sam-screening", paid_note="check 7")
        first = fulfillment.dispatch(order, zone=ZONE, now=NOW)
        renewal = renewed(order)
        assert renewed(order) is renewal
    assert first is not renewal
    assert renewal.key == f"fulfil:{order.order_number}:in_2"
    assert renewal.title.startswith("[Monthly cycle] OIG/SAM")
    assert "RECURRING MONTHLY CYCLE" in renewal.description
    assert "in_2" in renewal.description
    assert renewal.recurring_invoice_id == "in_2"


def renewed(order: Order) -> Todo:
    todo = fulfillment.dispatch(
        order, zone=ZONE, now=NOW, recurring_cycle="2026-04", recurring_invoice_id="in_2"
    )
    assert todo is not None
    return todo


def test_the_todo_holds_no_ssn_and_no_date_of_birth() -> None:
    more = {"ssn": "000-12-3456", "owner": {"date_of_birth": "1970-01-01"}, "note": "SSN 000-12-3456"}
    intake = Intake(npi="1234567893", provider_name="Dr. Sample Provider", email="p@example.test", more=more)
    with writing():
        sell(intake=intake, paid_note="check 7")
    work("orders.dispatch")
    todo = only_todo()
    assert "000-12-3456" not in f"{todo.data} {todo.description} {todo.title}"
    assert "1970-01-01" not in f"{todo.data} {todo.description}"


def test_an_order_without_an_address_says_so() -> None:
    intake = Intake(npi="1234567893", provider_name="Dr. Sample Provider")
    with writing():
        sell(intake=intake, customer_email=None, paid_note="check 7")
    work("orders.dispatch")
    assert "No client email" in only_todo().description
    assert "INTAKE INCOMPLETE: Email missing" in only_todo().description


def test_missing_answers_are_asked_for_by_mail_once() -> None:
    with writing():
        sell(intake=Intake(), paid_note="check 7")
    work("orders.dispatch")
    with reading() as session:
        kinds = session.scalars(select(Message.kind).where(Message.kind == "intake_needed")).all()
    assert len(kinds) == 1


def test_an_unknown_slug_fails_the_job_and_names_it() -> None:
    with writing():
        order = sell(paid_note="check 7")
    with writing() as session:
        session.execute(update(Order).where(Order.id == order.id).values(service_slug="seventh-service"))
    work("orders.dispatch")
    with reading() as session:
        job = session.scalars(select(Job).where(Job.kind == "orders.dispatch")).one()
    assert (job.state, job.error_class) == (JobState.FAILED, "UnknownService")
    assert "seventh-service" in (job.error_note or "")


@pytest.mark.both
def test_dispatched_from_eight_threads_at_once_it_is_one_todo(app: Flask) -> None:
    with writing():
        order = sell(paid_note="check 7")

    def dispatch(_: int) -> int:
        with app.app_context(), writing():
            todo = fulfillment.dispatch(db.session.get_one(Order, order.id), zone=ZONE, now=NOW)
            assert todo is not None
            return todo.id

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(dispatch, range(8)))) == 1
    assert counted() == 1


PROCESS = """
import sys
from dashboard import create_app
from jobs import orders
app = create_app()
with app.app_context():
    sys.stdin.readline()
    orders.dispatch(order_id=int(sys.argv[1]))
"""


@pytest.mark.both
def test_dispatched_from_eight_processes_at_once_it_is_one_todo(app: Flask) -> None:
    with writing():
        order = sell(paid_note="check 7")
    settings = app.extensions["settings"]
    environ = os.environ | environment(settings.data_dir, DATABASE_URL=settings.database_url)
    command = [sys.executable, "-c", PROCESS, str(order.id)]
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=environ, stdin=subprocess.PIPE, text=True) for _ in range(8)
    ]
    for process in processes:
        process.communicate("go\n", timeout=600)
    assert [process.returncode for process in processes] == [0] * 8
    assert counted() == 1


def test_a_todo_is_due_by_the_firms_days() -> None:
    with writing():
        order = sell(paid_note="check 7")
        todo = fulfillment.dispatch(order, zone=ZONE, now=NOW)
    assert todo is not None
    local = todo.due_at.astimezone(ZONE)
    assert (local.date() - NOW.astimezone(ZONE).date(), local.hour) == (timedelta(days=3), 17)


def test_a_failing_dispatch_is_tried_again() -> None:
    """A database that fails once: the job waits its turn again, and the order is not lost."""
    with writing():
        order = sell(paid_note="check 7")
    with reading() as session:
        job_id = session.scalars(select(Job.id).where(Job.kind == "orders.dispatch")).one()
    with writing() as session:
        session.execute(update(Job).where(Job.id == job_id).values(ids={"order_id": order.id, "nonsense": 1}))
    work("orders.dispatch", rounds=1)
    with reading() as session:
        assert session.get_one(Job, job_id).state is JobState.READY
    mended = {"ids": {"order_id": order.id}, "run_after": NOW - timedelta(days=1)}
    with writing() as session:
        session.execute(update(Job).where(Job.id == job_id).values(mended))
    run.run(job_id)
    assert counted() == 1


def only_todo() -> Todo:
    with reading() as session:
        return session.scalars(select(Todo)).one()


def counted() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Todo)) or 0
