"""Two people at once at the same thing: one waits for the other, and nothing is doubled or lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from time import sleep
from typing import Any

import pytest
from flask import Flask

from dashboard.billing import activations, invoices, lines, months, patients, payments, plans, refunds, review
from dashboard.billing.activations import Erased
from dashboard.billing.identities import Identity
from dashboard.billing.patients import MrnTaken
from dashboard.billing.plans import DayTaken
from dashboard.billing.refunds import RefundsTooMuch
from dashboard.errors import DomainError, StaleVersion
from dashboard.models import DocumentState, Invoice, Office, Patient, Plan, RefundReason
from dashboard.outbound import Wording
from dashboard.rows import found, locked
from dashboard.unit import reading, writing
from tests.support import invoicing, practice
from tests.support.invoicing import APRIL_3

pytestmark = pytest.mark.both
MARCH = date(2026, 3, 1)
ON_MARCH_2 = invoicing.at("2026-03-02")
LONG_ENOUGH_TO_MEET = 0.4


@contextmanager
def meanwhile(app: Flask, act: Callable[[], object]) -> Iterator[Future[Any]]:
    """A unit in which we work; before it commits, somebody else begins `act` in another. Gives how that
    ended.
    """
    ended: Future[Any] = Future()

    def theirs() -> None:
        try:
            with app.app_context(), writing():
                act()
        except DomainError as no:
            ended.set_exception(no)
        else:
            ended.set_result(None)

    with ThreadPoolExecutor(1) as other:
        with writing():
            yield ended
            begun = other.submit(theirs)
            sleep(LONG_ENOUGH_TO_MEET)
        begun.result()


@pytest.fixture
def office(app: Flask) -> Office:
    with writing():
        return invoicing.office()


@pytest.fixture
def patient(office: Office) -> Patient:
    with writing():
        return practice.patient(office)


def test_two_who_add_the_same_record_number_add_one_patient(app: Flask, office: Office) -> None:
    def add() -> None:
        patients.create(found(Office, office.id), Identity("Sample Patient", mrn="DEMO-1"), ON_MARCH_2)

    with meanwhile(app, add) as theirs:
        add()
    with pytest.raises(MrnTaken):
        theirs.result()


def test_whoever_is_erased_meanwhile_is_not_activated(app: Flask, patient: Patient) -> None:
    with meanwhile(app, lambda: told_active(patient)) as theirs:
        patients.erase(locked(Patient, patient.id), ON_MARCH_2)
    with pytest.raises(Erased):
        theirs.result()


def test_whoever_moves_meanwhile_is_active_there_or_it_is_to_be_told_again(
    app: Flask, patient: Patient
) -> None:
    with writing():
        elsewhere = invoicing.office()
    with meanwhile(app, lambda: told_active(patient)) as theirs:
        patients.move(locked(Patient, patient.id), found(Office, elsewhere.id), ON_MARCH_2)
    with reading():
        charged = practice.charged(elsewhere)
    assert charged == 1 or isinstance(theirs.exception(), StaleVersion)


def told_active(patient: Patient) -> None:
    activations.activate(found(Patient, patient.id), at=ON_MARCH_2, now=ON_MARCH_2)


def test_two_refunds_at_once_never_give_back_more_than_came(app: Flask, office: Office) -> None:
    with writing():
        invoice = invoicing.issued(office)
        payments.record(invoice, 6_00, "wire", MARCH, "W1", "paid", APRIL_3)

    def refund(key: str) -> None:
        refunds.refund(locked(Invoice, invoice.id), 4_00, RefundReason.DUPLICATE, key, APRIL_3)

    with meanwhile(app, lambda: refund("theirs")) as theirs:
        refund("ours")
    with pytest.raises(RefundsTooMuch):
        theirs.result()


def test_two_activations_at_once_charge_once(app: Flask, office: Office, patient: Patient) -> None:
    with meanwhile(app, lambda: told_active(patient)) as theirs:
        told_active(patient)
    assert theirs.exception() is None
    with reading():
        assert practice.charged(office) == 1


def test_a_line_added_while_the_month_turns_is_in_the_total(app: Flask, office: Office) -> None:
    with writing():
        activations.activate(practice.patient(office), at=ON_MARCH_2, now=ON_MARCH_2)
        draft = invoicing.newest(office)
    with meanwhile(app, lambda: months.up_to_date(office.id, invoicing.at("2026-04-01T05:00"))) as theirs:
        its = locked(Invoice, draft.id)
        lines.add(its, Wording.TRAINING, 50_00, month=None, key="k", now=ON_MARCH_2)
    assert theirs.exception() is None
    with reading():
        closed = found(Invoice, draft.id)
        assert closed.document_state is DocumentState.CLOSED
        assert closed.total_cents == sum(line.total_cents for line in invoices.lines_of(closed)) == 52_00


def test_the_clock_leaves_what_is_sent_back_at_that_moment_to_a_person(app: Flask, office: Office) -> None:
    with writing():
        draft = invoicing.closed(office)
    with meanwhile(app, review.set_clock) as theirs:
        review.send_back(locked(Invoice, draft.id), "A line is missing.", APRIL_3)
    assert theirs.exception() is None
    with reading():
        assert found(Invoice, draft.id).approve_at is None


def test_two_who_price_the_same_day_add_one_price(app: Flask) -> None:
    with writing():
        plan = practice.plan()

    def add() -> None:
        plans.add_price(found(Plan, plan.id), 3_00, effective=date(2026, 6, 1), now=ON_MARCH_2)

    with meanwhile(app, add) as theirs:
        add()
    with pytest.raises(DayTaken):
        theirs.result()
