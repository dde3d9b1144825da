"""The outbox: every message with its state, to be sent again or never (spec EML-01)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy import ColumnElement, select

from dashboard import notifications
from dashboard.capped import how_many
from dashboard.extensions import db
from dashboard.models import Channel, Invoice, Message, MessageState, Order
from dashboard.rights import Permission
from dashboard.rows import locked
from dashboard.todos import keyset
from dashboard.unit import reading, writing
from dashboard.web.access import me, require
from dashboard.web.pages import page
from dashboard.web.staff.lists import around, href
from dashboard.web.staff.shapes import local, order_href
from forms.order_lists import MessageFilterForm

OUTBOX = "/staff/outbox"
bp = Blueprint("outbox", __name__, url_prefix=OUTBOX)
NEWEST = keyset.Sort((Message.created_at, Message.id), descending=True)
SIZE = 36
NOT_SENT = (MessageState.FAILED, MessageState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message in the list. `about` is its order or invoice, `why` the error or what it waits for."""

    id: int
    label: str
    recipient: str | None
    about: str | None
    about_href: str | None
    state: str
    why: str | None
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    may_go: bool
    may_stop: bool


@bp.get("")
@require(Permission.SEE_MESSAGES)
def index() -> ResponseReturnValue:
    """Newest first."""
    form = MessageFilterForm(request.args)
    params = form.chosen()
    meets = conditions(params)
    with reading():
        found = listed(meets)
        total = db.session.scalar(how_many(Message, *meets)) or 0
    rows = [row_of(one.Message, one.order_number, one.number) for one in found.rows]
    context = around(OUTBOX, params, form, found, total) | {"rows": rows}
    may_send = me().may(Permission.RESEND_MESSAGES)
    return page("staff/outbox.html", fragment="results", may_send=may_send, **context)


def conditions(told: dict[str, str]) -> list[ColumnElement[bool]]:
    """What a message must meet; `failed` also finds what nobody knows."""
    meets: list[ColumnElement[bool]] = []
    if "state" in told:
        state = MessageState(told["state"])
        meets.append(Message.state.in_(NOT_SENT if state is MessageState.FAILED else (state,)))
    if "channel" in told:
        meets.append(Message.channel == Channel(told["channel"]))
    return meets


def listed(meets: list[ColumnElement[bool]]) -> keyset.Page:
    wanted = select(Message.created_at, Message.id, Message, Order.order_number, Invoice.number).where(*meets)
    wanted = wanted.join(Order, Order.id == Message.order_id, isouter=True)
    wanted = wanted.join(Invoice, Invoice.id == Message.invoice_id, isouter=True)
    keys = {name: keyset.key_in(request.args.get(name), NEWEST) for name in ("after", "before")}
    return keyset.page(wanted, NEWEST, after=keys["after"], before=keys["before"], size=SIZE)


def row_of(message: Message, order: str | None, invoice: str | None) -> MessageRow:
    of_invoice = f"/staff/invoices/{message.invoice_id}" if invoice else None
    return MessageRow(
        id=message.id,
        label=notifications.label_of(message),
        recipient=message.recipient,
        about=order or invoice,
        about_href=order_href(order) if order else of_invoice,
        state=message.state.value,
        why=message.error_class,
        attempts=message.attempts,
        created_at=message.created_at,
        sent_at=message.sent_at,
        may_go=message.state is not MessageState.SENDING,
        may_stop=message.state in notifications.NOT_GONE,
    )


@bp.post("/<int:message_id>/resending")
@require(Permission.RESEND_MESSAGES)
def resend(message_id: int) -> ResponseReturnValue:
    return acted(message_id, notifications.resend, "It is on its way again.")


@bp.post("/<int:message_id>/cancellation")
@require(Permission.RESEND_MESSAGES)
def cancel(message_id: int) -> ResponseReturnValue:
    return acted(message_id, notifications.cancel, "It will not be sent.")


def acted(message_id: int, act: Callable[[Message], object], done: str) -> ResponseReturnValue:
    """Do it to the message, and back to the list it was in."""
    if FlaskForm().validate_on_submit():
        with writing():
            act(locked(Message, message_id, "message"))
        flash(done)
    return redirect(local(request.form.get("next"), href(OUTBOX, {})), 303)
