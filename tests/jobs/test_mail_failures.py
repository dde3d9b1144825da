"""What fails on the way: repeated or not, never lost, never at the cost of the work (EML-01, FUL-09)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import update

from dashboard import notifications
from dashboard.gateways.chat import ChatWebhook
from dashboard.models import Job, JobState, Message, MessageState, Todo
from dashboard.unit import writing
from jobs import mail
from tests.conftest import NOW
from tests.support import cast
from tests.support.mail_server import HOST, Inbox, free_port, mail_server, rude_server
from tests.support.outbox import every, hurry, message, served_by
from tests.support.sales import sell, work

pytestmark = pytest.mark.usefixtures("gateways")


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
    assert "Mail to the client (confirmation of the order) FAILED (NotAccepted" in todo.description
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


@pytest.mark.both
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
