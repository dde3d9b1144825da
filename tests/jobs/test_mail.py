"""The outbox: what goes out, with a link that rests nowhere, and what waits (EML-01, FUL-12)."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from dashboard import notifications
from dashboard.gateways.chat import ChatWebhook
from dashboard.intake import Intake
from dashboard.models import AuditEvent, ClientLink, Job, Message, MessageState, Todo
from dashboard.orders import client_links
from dashboard.tokens import digest
from dashboard.unit import reading, writing
from jobs import mail
from tests.conftest import NOW
from tests.gateways.test_chat import channel
from tests.support import cast, invoicing
from tests.support.mail_server import Inbox, certificate, mail_server
from tests.support.outbox import actions, every, message, only, served_by, text_of
from tests.support.sales import ZONE, sell, work

pytestmark = pytest.mark.usefixtures("gateways")

LINK = re.compile(r"http://localhost/link/([A-Za-z0-9_-]{43})")


@pytest.mark.both
def test_a_confirmation_goes_out_with_a_link_that_opens_its_order(inbox: Inbox) -> None:
    with writing():
        order = sell()
    work("mail.send")
    assert inbox.envelopes[0].rcpt_tos == ["office@example.test"]
    assert order.order_number in inbox.letters[0]["Subject"]
    token = LINK.search(text_of(inbox))
    assert token
    with writing():
        assert client_links.opened(token[1], NOW).id == order.id
    sent = message()
    assert (sent.state, sent.attempts, sent.error_class) == (MessageState.SENT, 1, None)
    assert sent.sent_at is not None


def test_text_and_html_hold_the_same_link(inbox: Inbox) -> None:
    with writing():
        sell()
    work("mail.send")
    html = inbox.letters[0].get_body(("html",))
    assert html is not None
    assert LINK.findall(html.get_content()) == LINK.findall(text_of(inbox))


def test_no_token_rests_in_the_outbox(inbox: Inbox) -> None:
    with writing():
        sell()
    work("mail.send")
    token = LINK.findall(text_of(inbox))[0]
    with reading() as session:
        rows = [session.execute(select(*table.__table__.c)).all() for table in (Message, Job, AuditEvent)]
        assert session.scalars(select(ClientLink.digest)).one() == digest(token)
    assert token not in repr(rows)


def test_a_name_cannot_break_out_of_the_mail(inbox: Inbox) -> None:
    with writing():
        sell(customer_name="<b>Demo</b>\r\nBcc: x@example.test")
    work("mail.send")
    html = inbox.letters[0].get_body(("html",))
    assert html is not None
    assert "<b>Demo" not in html.get_content()
    assert inbox.letters[0]["Bcc"] is None


def test_mail_goes_through_a_secured_server(app: Flask, tmp_path: Path) -> None:
    server, client = certificate(tmp_path)
    with mail_server(server) as inbox:
        served_by(app, inbox.port, is_secured=True, trust=client)
        with writing():
            sell()
        work("mail.send")
    assert message().state is MessageState.SENT
    assert len(inbox.letters) == 1


@pytest.mark.both
def test_without_a_mail_server_it_waits_visibly_and_goes_when_there_is_one(app: Flask) -> None:
    with writing():
        sell(paid_note="check 7")
    work("mail.send", "orders.dispatch")
    waiting = message()
    assert (waiting.state, waiting.error_class) == (MessageState.WAITING, "no mail server set")
    assert len(every(Todo)) == 1
    with mail_server() as inbox:
        served_by(app, inbox.port)
        mail.sweep()
        work("mail.send")
    assert len(inbox.letters) == 1


def test_a_mail_is_sent_once_however_often_it_is_asked_for(inbox: Inbox) -> None:
    with writing():
        sell()
    work("mail.send")
    sent = message()
    mail.send(sent.id)
    mail.sweep()
    work("mail.send")
    assert len(inbox.letters) == 1


def test_a_person_may_send_it_again_and_it_has_another_id(inbox: Inbox) -> None:
    with writing():
        sell()
    work("mail.send")
    with writing():
        notifications.resend(only())
    work("mail.send")
    assert [letter["Message-ID"].partition(".")[2][:1] for letter in inbox.letters] == ["0", "1"]
    assert actions().count("mail resent") == 1


def test_what_is_on_its_way_is_not_sent_again(inbox: Inbox) -> None:
    with writing():
        sell()
    with writing() as session:
        session.execute(update(Message).values(state=MessageState.SENDING))
    with pytest.raises(notifications.StillSending), writing():
        notifications.resend(only())


def test_a_canceled_message_never_goes(inbox: Inbox) -> None:
    with writing():
        sell()
    with writing():
        notifications.cancel(only())
    work("mail.send")
    assert not inbox.letters
    with pytest.raises(notifications.AlreadySent), writing():
        notifications.cancel(only())


def test_the_staff_channel_hears_of_a_todo_but_not_its_title(app: Flask) -> None:
    with channel() as chat:
        webhook = ChatWebhook(chat.url, may_be_plain=True)
        app.extensions["gateways"] = replace(app.extensions["gateways"], chat=webhook)
        with writing():
            order = sell(paid_note="check 7")
        work("orders.dispatch", "mail.send")
    (todo,) = every(Todo)
    ((_, line),) = chat.lines
    due = todo.due_at.astimezone(ZONE)
    assert line == (
        f"{order.order_number} · Medicare PECOS Revalidation Filing · high priority"
        f" · due {due.day} {due:%b %Y} · http://localhost/staff/queue/{todo.id}"
    )


def test_missing_answers_are_asked_for_with_their_names(inbox: Inbox) -> None:
    with writing():
        sell(intake=Intake(provider_name="Dr. Sample Provider"), paid_note="check 7")
    work("orders.dispatch", "mail.send")
    assert "- NPI" in text_of(inbox)


def test_every_kind_can_be_composed(inbox: Inbox) -> None:
    with writing():
        order = sell()
        invoice = invoicing.issued(invoicing.office())
        user = cast.person()
        user.office_id = invoice.office_id
        about = {"order": order, "user": user, "todo": cast.todo(order), "invoice": invoice}
        for kind in notifications.KINDS:
            notifications.tell(kind, to="x@example.test", key=kind, now=NOW, **about)
    work("mail.send")
    mails = [each for each in every(Message) if each.channel == "email"]
    assert {each.state for each in mails} == {MessageState.SENT}
    assert all("support@countersign.example" in letter.as_string() for letter in inbox.letters)
