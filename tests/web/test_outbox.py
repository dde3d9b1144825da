"""The outbox page: what waits and why, sent again, canceled (EML-01)."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select, update

from dashboard.models import AuditEvent, Job, Message, MessageState
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.support import invoicing
from tests.support.sales import sell, work
from tests.support.signed_in import signed_in
from tests.support.staff import Browser


@pytest.fixture
def staff(app: Flask) -> Browser:
    return Browser(signed_in(app)[0])


def written(**values: object) -> Message:
    with writing():
        sell()
    if values:
        with writing() as session:
            session.execute(update(Message).values(values))
    return only()


def only() -> Message:
    with reading() as session:
        return session.scalars(select(Message)).one()


def test_a_message_says_what_it_waits_for(staff: Browser) -> None:
    written()
    work("mail.send")
    shown = staff.get("/staff/outbox")
    assert "no mail server set" in shown
    assert "office@example.test" in shown


def test_a_message_about_an_invoice_leads_to_it(staff: Browser) -> None:
    with writing():
        invoice = invoicing.issued(invoicing.office())
    message = written(order_id=None, invoice_id=invoice.id)
    row = staff.get("/staff/outbox").split(f'id="m{message.id}"')[1]
    assert f'href="/staff/invoices/{invoice.id}">{invoice.number}</a>' in row.split("</tr>")[0]


@pytest.mark.parametrize(
    ("state", "query", "found"),
    [
        (MessageState.FAILED, "state=failed", True),
        (MessageState.UNKNOWN, "state=failed", True),
        (MessageState.SENT, "state=failed", False),
        (MessageState.SENT, "state=sent&channel=email", True),
        (MessageState.SENT, "channel=chat", False),
        (MessageState.SENT, "state=nonsense", True),
    ],
)
def test_the_list_is_what_its_address_says(
    staff: Browser, state: MessageState, query: str, found: bool
) -> None:
    message = written(state=state)
    assert (f'id="m{message.id}"' in staff.get(f"/staff/outbox?{query}")) is found


@pytest.mark.both
def test_one_that_failed_is_sent_again(staff: Browser) -> None:
    message = written(state=MessageState.FAILED, error_class="NotAccepted: x")
    answer = staff.post(f"/staff/outbox/{message.id}/resending", next="/staff/outbox?state=failed")
    assert (answer.status_code, answer.location) == (303, "/staff/outbox?state=failed")
    assert (only().state, only().error_class, only().resent) == (MessageState.WAITING, None, 1)
    with reading() as session:
        assert "mail resent" in session.scalars(select(AuditEvent.action)).all()
        assert session.scalars(select(Job.kind)).all() == ["mail.send"]


def test_one_is_canceled_and_not_twice(staff: Browser) -> None:
    message = written()
    assert staff.post(f"/staff/outbox/{message.id}/cancellation").status_code == 303
    assert only().state is MessageState.CANCELED
    assert staff.post(f"/staff/outbox/{message.id}/cancellation").status_code == 409


def test_after_an_act_nobody_is_led_away(staff: Browser) -> None:
    message = written()
    answer = staff.post(f"/staff/outbox/{message.id}/resending", next="https://evil.example/")
    assert answer.location == "/staff/outbox"


@pytest.mark.parametrize("act", ["resending", "cancellation"])
def test_who_may_only_look_has_no_buttons(app: Flask, act: str) -> None:
    message = written()
    looker = Browser(signed_in(app, Role.READ_ONLY)[0])
    assert not re.search("Send again|/cancellation", looker.get("/staff/outbox"))
    assert looker.post(f"/staff/outbox/{message.id}/{act}").status_code == 403
