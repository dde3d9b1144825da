"""The outbox: at least or at most once, nothing lost, no token kept (EML-01, FUL-09, FUL-12, FUL-14)."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from dashboard import notifications
from dashboard.extensions import db
from dashboard.gateways import Gateways
from dashboard.gateways.chat import ChatWebhook
from dashboard.gateways.smtp import SmtpMailer
from dashboard.intake import Intake
from dashboard.models import AuditEvent, ClientLink, Job, JobState, Message, MessageState, Order, Todo
from dashboard.orders import client_links
from dashboard.tokens import digest
from dashboard.unit import reading, writing
from jobs import mail
from tests.conftest import NOW, environment
from tests.gateways.test_chat import channel
from tests.support import cast
from tests.support.mail_server import HOST, Inbox, certificate, free_port, mail_server, rude_server
from tests.support.sales import ZONE, sell, work

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"http://localhost/link/([A-Za-z0-9_-]{43})")


@pytest.fixture(autouse=True)
def gateways(app: Flask) -> Iterator[Gateways]:
    """Whoever plays the roles in a test; nobody afterwards."""
    before: Gateways = app.extensions["gateways"]
    yield before
    app.extensions["gateways"] = before


def served_by(app: Flask, port: int, **more: Any) -> None:
    plain: dict[str, Any] = {"is_secured": False, "may_be_plain": True}
    mailer = SmtpMailer(HOST, port, "sender@example.test", **plain | more)
    app.extensions["gateways"] = replace(app.extensions["gateways"], mailer=mailer)


@pytest.fixture
def inbox(app: Flask) -> Iterator[Inbox]:
    with mail_server() as found:
        served_by(app, found.port)
        yield found


def message(kind: str = "order_received") -> Message:
    with reading() as session:
        return session.scalars(select(Message).where(Message.kind == kind)).one()


def only() -> Message:
    """The one message, in the open unit."""
    return db.session.scalars(select(Message)).one()


def text_of(inbox: Inbox) -> str:
    body = inbox.letters[-1].get_body(("plain",))
    assert body is not None
    return str(body.get_content())


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


@pytest.mark.usefixtures("app")
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


def test_what_was_refused_is_tried_again_and_then_left_to_a_person(app: Flask) -> None:
    served_by(app, free_port())
    with writing():
        order = sell(paid_note="check 7")
    work("orders.dispatch")
    sent = message()
    work("mail.send", rounds=1)
    assert message().state is MessageState.WAITING
    assert message().error_class == "NotAccepted: ConnectionRefusedError"
    with writing() as session:
        again = {"attempts": mail.TRIES - 1, "run_after": NOW, "state": JobState.READY}
        session.execute(update(Job).where(Job.kind == "mail.send", Job.ids.is_not(None)).values(again))
    work("mail.send", rounds=1)
    assert message().state is MessageState.FAILED
    (todo,) = every(Todo)
    assert "Mail to the client (order received) FAILED (NotAccepted: Connection" in todo.description
    assert order.order_number == todo.order_number
    assert sent.id == message().id


def test_a_failing_mail_or_chat_never_costs_the_todo(app: Flask) -> None:
    """FUL-09: both are away, and the work still reaches the queue."""
    chat = ChatWebhook(f"http://{HOST}:{free_port()}/x", may_be_plain=True)
    served_by(app, free_port())
    app.extensions["gateways"] = replace(app.extensions["gateways"], chat=chat)
    with writing():
        sell(paid_note="check 7")
    work("orders.dispatch", "mail.send", rounds=2)
    assert len(every(Todo)) == 1
    assert {each.state for each in every(Message)} == {MessageState.WAITING}


def test_in_doubt_what_must_arrive_is_repeated_under_the_same_id(app: Flask) -> None:
    with writing():
        sell()
    with rude_server(after=b".\r\n") as port:
        served_by(app, port)
        work("mail.send", rounds=1)
    assert message().state is MessageState.WAITING
    assert (message().error_class or "").startswith("Doubtful")
    with mail_server() as inbox:
        served_by(app, inbox.port)
        hurry()
        work("mail.send")
        assert inbox.letters[0]["Message-ID"] == f"<{message().ref}.0@localhost>"
    assert message().attempts == 2


def reset_mail() -> Message:
    with writing():
        user = cast.person()
        return notifications.tell("password_reset", to="p@example.test", key="reset:1", now=NOW, user=user)


def test_in_doubt_what_must_not_be_doubled_is_unknown(app: Flask) -> None:
    reset_mail()
    with rude_server(after=b".\r\n") as port:
        served_by(app, port)
        work("mail.send")
    assert message("password_reset").state is MessageState.UNKNOWN
    with mail_server() as inbox:
        served_by(app, inbox.port)
        mail.send(message("password_reset").id)
        mail.sweep()
        work("mail.send")
        assert not inbox.letters


def test_a_crash_while_sending_leaves_it_unknown_or_repeats_it(inbox: Inbox) -> None:
    with writing():
        sell()
    reset_mail()
    with writing() as session:
        session.execute(update(Message).values(state=MessageState.SENDING))
    work("mail.send")
    assert message("password_reset").state is MessageState.UNKNOWN
    assert message().state is MessageState.SENT
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
        about = {"order": order, "user": cast.person(), "todo": cast.todo(order)}
        for kind in notifications.KINDS:
            notifications.tell(kind, to="x@example.test", key=kind, now=NOW, **about)
    work("mail.send")
    mails = [each for each in every(Message) if each.channel == "email"]
    assert {each.state for each in mails} == {MessageState.SENT}
    assert all("support@countersign.example" in letter.as_string() for letter in inbox.letters)


WORKER = """
from sqlalchemy import select
from dashboard import create_app
from dashboard.models import Job, JobState
from dashboard.unit import reading
from jobs import mail, orders
from jobs.run import run
with create_app().app_context():
    for _ in range(3):
        with reading() as session:
            ids = session.scalars(select(Job.id).where(Job.state == JobState.READY)).all()
        for job_id in ids:
            run(job_id)
"""


def test_every_log_line_of_an_orders_story_carries_its_number_and_no_name(app: Flask) -> None:
    with writing():
        order = sell("provider-compliance-bundle", paid_note="check 7")
    settings = app.extensions["settings"]
    away = {"SMTP_HOST": HOST, "SMTP_PORT": str(free_port()), "SMTP_SECURITY": "none"}
    environ = os.environ | environment(settings.data_dir, DATABASE_URL=settings.database_url, **away)
    done = subprocess.run(
        [sys.executable, "-c", WORKER], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    numbers = {each.order_number for each in every(Order)}
    assert {line["event"] for line in lines} == {"job done", "job failed"}
    assert {line["order_number"] for line in lines} == numbers
    assert order.order_number in numbers
    for secret in ("Demo Family", "Sample Provider", "office@", "provider@", "1234567893"):
        assert secret not in done.stderr


def hurry() -> None:
    """Let every job that waits for its next try have it now."""
    with writing() as session:
        session.execute(update(Job).where(Job.state == JobState.READY).values(run_after=NOW))


def every(table: type[Any]) -> list[Any]:
    with reading() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def actions() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(AuditEvent.action)))
