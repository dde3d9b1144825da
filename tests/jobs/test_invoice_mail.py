"""Mails about an invoice: with a link that opens it, and not once it is settled (POR-01)."""

from __future__ import annotations

import re

import pytest

from dashboard import client_links, clock, notifications
from dashboard.models import DocumentState, Invoice, MessageState, PaymentState
from dashboard.unit import writing
from jobs import billing  # noqa: F401 - a job is known once its module is imported
from tests.support.mail_server import Inbox
from tests.support.outbox import message, text_of
from tests.support.portal import an_office, issued
from tests.support.sales import work

pytestmark = pytest.mark.usefixtures("gateways")
LINK = re.compile(r"http://localhost/link/([A-Za-z0-9_-]{43})")


def told(kind: str, **state: object) -> Invoice:
    """An invoice of which this mail was asked for, and what it became before the mail went."""
    invoice = issued(an_office())[0]
    with writing() as session:
        mine = session.get_one(Invoice, invoice.id)
        to = "billing@example.test"
        notifications.tell(kind, to=to, key=f"{kind}:{mine.ref}", now=clock.now(), invoice=mine)
        for name, value in state.items():
            setattr(mine, name, value)
    return invoice


@pytest.mark.parametrize("kind", ["invoice_sent", "invoice_reminder"])
def test_its_link_is_made_when_it_is_sent_and_opens_the_invoice(inbox: Inbox, kind: str) -> None:
    invoice = told(kind)
    work("mail.send")

    token = LINK.search(text_of(inbox))
    assert token
    with writing():
        subject = client_links.opened(token[1], clock.now())
    assert isinstance(subject, Invoice)
    assert subject.id == invoice.id
    assert str(invoice.number) in inbox.letters[-1]["Subject"]
    assert "Sample Patient" not in text_of(inbox)


def test_nobody_is_reminded_of_what_is_paid(inbox: Inbox) -> None:
    told("invoice_reminder", payment_state=PaymentState.PAID)
    work("mail.send")

    assert (message("invoice_reminder").state, inbox.letters) == (MessageState.CANCELED, [])


def test_nobody_hears_of_what_was_voided_meanwhile(inbox: Inbox) -> None:
    told("invoice_sent", document_state=DocumentState.VOID)
    work("mail.send")

    assert (message("invoice_sent").state, inbox.letters) == (MessageState.CANCELED, [])
