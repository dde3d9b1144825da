"""What we tell whom. A message is a row, written with the act that causes it, and sent by a job afterwards.

Nothing that waits for a mail server or a chat ever stops the work itself (spec EML-01, FUL-09, FUL-12).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from dashboard import audit
from dashboard.audit import Action
from dashboard.background import later
from dashboard.errors import DomainError
from dashboard.extensions import db
from dashboard.models import Channel, Invoice, Job, Message, MessageState, Order, Todo, User
from dashboard.models.job import IS_LIVE
from dashboard.rows import added_once

STAFF_CHANNEL = "staff channel"


@dataclass(frozen=True, slots=True)
class Kind:
    """How one text is sent: what `repeats` goes again in doubt (at least once), else never (at most once)."""

    label: str
    repeats: bool
    channel: Channel = Channel.EMAIL


AT_LEAST_ONCE, AT_MOST_ONCE = True, False

KINDS: Mapping[str, Kind] = {
    "order_received": Kind("Confirmation of the order", AT_LEAST_ONCE),
    "hc_oig_screening": Kind("Confirmation of the monitoring", AT_LEAST_ONCE),
    "hc_compliance_bundle": Kind("Confirmation of the bundle", AT_LEAST_ONCE),
    "intake_needed": Kind("Question for missing answers", AT_LEAST_ONCE),
    "cancel_confirmation": Kind("Confirmation of the cancellation", AT_LEAST_ONCE),
    "invoice_sent": Kind("Invoice", AT_LEAST_ONCE),
    "invoice_reminder": Kind("Reminder of an invoice", AT_MOST_ONCE),
    "subscription_canceled": Kind("Confirmation that a subscription ends", AT_LEAST_ONCE),
    "invite": Kind("Invitation", AT_LEAST_ONCE),
    # Two links of which one works are worse than asking once more.
    "password_reset": Kind("New password", AT_MOST_ONCE),
    "todo_opened": Kind("News of a todo", AT_LEAST_ONCE, Channel.CHAT),
}

NOT_GONE = frozenset({MessageState.WAITING, MessageState.FAILED, MessageState.UNKNOWN})


class StillSending(DomainError):
    """The message is on its way at this moment."""

    code = "STILL_SENDING"

    def __init__(self) -> None:
        super().__init__("This message is being sent right now. Look again in a minute.")


class AlreadySent(DomainError):
    """What was sent cannot be called back."""

    code = "ALREADY_SENT"

    def __init__(self) -> None:
        super().__init__("This message cannot be canceled any more.")


def tell(
    kind: str,
    *,
    to: str,
    key: str,
    now: datetime,
    order: Order | None = None,
    user: User | None = None,
    todo: Todo | None = None,
    invoice: Invoice | None = None,
) -> Message:
    """Have one message sent to `to`, once for its `key`; it is composed, with its links, when it is sent."""
    message, is_new = added_once(
        Message(
            key=key,
            channel=KINDS[kind].channel,
            kind=kind,
            recipient=to,
            order_id=order.id if order else None,
            todo_id=todo.id if todo else None,
            user_id=user.id if user else None,
            invoice_id=invoice.id if invoice else None,
            created_at=now,
        ),
        by="key",
    )
    if is_new:
        ask(message, order.order_number if order else None)
    return message


def announce(todo: Todo) -> Message:
    """Tell the staff channel of a new todo, once: order, service, priority, due, link; never its title."""
    order = db.session.get(Order, todo.order_id) if todo.order_id else None
    key = f"opened:{todo.ref}"
    return tell("todo_opened", to=STAFF_CHANNEL, key=key, now=todo.created_at, order=order, todo=todo)


def resend(message: Message) -> Message:
    """Send a message again because a person asked for it, to the address it has.

    Raises:
        StillSending: it is on its way.
    """
    if message.state is MessageState.SENDING and is_going(message):
        raise StillSending
    if message.state is not MessageState.WAITING:
        message.resent += 1
    message.state, message.error_class = MessageState.WAITING, None
    audit.record(Action.MAIL_RESENT, message, changes={"kind": message.kind})
    ask(message, order_number_of(message))
    return message


def is_going(message: Message) -> bool:
    """Whether a worker has it, or soon will."""
    going = select(Job.id).where(Job.key == key_of(message), IS_LIVE)
    return db.session.scalar(going.limit(1)) is not None


def cancel(message: Message) -> None:
    """Never send a message that has not gone.

    Raises:
        AlreadySent: it went, or is going.
    """
    if message.state not in NOT_GONE:
        raise AlreadySent
    message.state = MessageState.CANCELED
    audit.record(Action.MAIL_CANCELED, message, changes={"kind": message.kind})


def label_of(message: Message) -> str:
    """What the message is, in words; one of an older release keeps its name."""
    kind = KINDS.get(message.kind)
    return kind.label if kind else message.kind.replace("_", " ")


def ask(message: Message, order_number: str | None) -> None:
    """Have the message sent by a worker."""
    later("mail.send", key=key_of(message), order_number=order_number, message_id=message.id)


def key_of(message: Message) -> str:
    """The key of the job that sends it."""
    return f"mail:{message.ref}"


def order_number_of(message: Message) -> str | None:
    """The order it is about, which every log line of its story names (FUL-14)."""
    order = db.session.get(Order, message.order_id) if message.order_id else None
    return order.order_number if order else None
