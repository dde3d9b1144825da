"""A job that has looked and found nothing to do is over: whoever asks right after it is heard."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import event, select

from dashboard.billing import customers, invoices
from dashboard.extensions import db
from dashboard.models import Invoice, Job, Office, SentLetter
from dashboard.rows import locked
from dashboard.unit import reading, writing
from jobs import run
from tests.support import invoicing
from tests.support.outbox import every
from tests.support.sales import work

pytestmark = pytest.mark.both
LOOK = 2  # the first one claims the job


@contextmanager
def right_after(unit: int, app: Flask, act: Callable[[], object]) -> Iterator[None]:
    """As soon as the so many-th unit from here on has committed, somebody else does `act`."""
    numbers = count(1)

    def theirs() -> None:
        with app.app_context(), writing():
            act()

    def hear(_session: object) -> None:
        if next(numbers) == unit:
            with ThreadPoolExecutor(1) as other:
                other.submit(theirs).result()

    event.listen(db.session, "after_commit", hear)
    try:
        yield
    finally:
        event.remove(db.session, "after_commit", hear)


def the_only(kind: str) -> int:
    with reading() as session:
        return session.scalars(select(Job.id).where(Job.kind == kind)).one()


def verify(office: Office) -> Office:
    known = locked(Office, office.id)
    known.verified_name, known.verified_email = known.name, known.billing_email
    return known


def test_an_office_verified_right_after_its_job_looked_is_told(app: Flask) -> None:
    with writing():
        office = invoicing.office(verified=False)
        customers.ask_to_make(office)
    with right_after(LOOK, app, lambda: customers.ask_to_make(verify(office))):
        run.run(the_only("billing.send_customer"))
    work("billing.send_customer")
    assert [json.loads(each.body)["name"] for each in every(SentLetter)] == [office.name]


def test_an_invoice_asked_for_right_after_its_job_looked_is_sent(app: Flask) -> None:
    with writing():
        office = invoicing.office(verified=False)
        invoice = invoicing.issued(office)

    def ask() -> None:
        verify(office)
        invoices.ask_to_send(locked(Invoice, invoice.id))

    with right_after(LOOK, app, ask):
        run.run(the_only("billing.send_invoice"))
    work("billing.send_invoice")
    assert [each.purpose for each in every(SentLetter)] == ["invoice"]
