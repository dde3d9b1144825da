"""Looking at the outbox, and joining a mail server to an app."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from dashboard.extensions import db
from dashboard.gateways.smtp import SmtpMailer
from dashboard.models import AuditEvent, Job, JobState, Message
from dashboard.unit import reading, writing
from tests.conftest import NOW
from tests.support.mail_server import HOST, Inbox


def served_by(app: Flask, port: int, **more: Any) -> None:
    """Let the app's mail go to the server on this port, in the clear unless told."""
    plain: dict[str, Any] = {"is_secured": False, "may_be_plain": True}
    mailer = SmtpMailer(HOST, port, "sender@example.test", **plain | more)
    app.extensions["gateways"] = replace(app.extensions["gateways"], mailer=mailer)


def message(kind: str = "order_received") -> Message:
    """The one message of this kind."""
    with reading() as session:
        return session.scalars(select(Message).where(Message.kind == kind)).one()


def only() -> Message:
    """The one message, in the open unit."""
    return db.session.scalars(select(Message)).one()


def text_of(inbox: Inbox) -> str:
    """The plain text of the newest letter."""
    body = inbox.letters[-1].get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def hurry() -> None:
    """Let every job that waits for its next try have it now."""
    with writing() as session:
        session.execute(update(Job).where(Job.state == JobState.READY).values(run_after=NOW))


def every(table: type[Any]) -> list[Any]:
    """All rows of a table, oldest first."""
    with reading() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def actions() -> list[str]:
    """What the audit trail tells, oldest first."""
    with reading() as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
