"""What the demo's payment provider was told looks as it would have: at its time, due in the firm's days."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard import clock
from dashboard.billing import firm
from dashboard.demo import letters, money
from dashboard.models import Invoice, Office, SentLetter
from dashboard.unit import reading, writing
from tests.support.portal import an_office


@pytest.fixture
def office(app: Flask) -> Office:
    return an_office()


def told(office: Office, *, is_verified: bool = True) -> list[SentLetter]:
    """What the provider heard of this office: one of its months paid by check, one by card."""
    with writing() as session:
        mine = session.get_one(Office, office.id)
        if is_verified:
            mine.verified_name, mine.verified_email = mine.name, mine.billing_email
            mine.verified_at = mine.created_at
        letters.introduced(mine, mine.created_at)
        money.tell(mine, ("check", "card"), clock.now())
        return list(session.scalars(select(SentLetter).order_by(SentLetter.id)))


def test_an_invoice_was_sent_when_it_was_issued_and_due_as_the_firm_has_it(office: Office) -> None:
    customer, *sent = told(office)

    with reading() as session:
        invoices = list(
            session.scalars(select(Invoice).where(Invoice.number.is_not(None)).order_by(Invoice.id))
        )
    assert (customer.purpose, customer.created_at) == ("customer", office.created_at)
    assert [letter.reference for letter in sent] == [invoice.ref for invoice in invoices]
    assert [letter.created_at for letter in sent] == [invoice.issued_at for invoice in invoices]
    assert {json.loads(letter.body)["due_days"] for letter in sent} == {firm.ours().due_days}


def test_nothing_was_told_of_an_office_that_is_not_verified(office: Office) -> None:
    assert told(office, is_verified=False) == []
