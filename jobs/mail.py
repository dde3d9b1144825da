"""Sending the outbox in three steps: the attempt is committed, the message handed over, the end recorded.

What must not be lost is repeated in doubt, under the same Message-ID. What must not be doubled is not: a
crash in between leaves it `unknown` (spec EML-01).
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard import audit, clock, notifications
from dashboard.audit import Action
from dashboard.gateways import Chat, Doubtful, GatewayError, Mailer, joined
from dashboard.models import Channel, Message, MessageState, Order
from dashboard.orders import fulfillment
from dashboard.rows import found, locked
from dashboard.unit import outside, writing
from jobs import letters
from jobs.letters import Draft
from jobs.registry import claimed, finishing, job

TRIES = 8
AT_MOST = 500
NOBODY_SENDS = {Channel.EMAIL: "no mail server set", Channel.CHAT: "no chat set"}
GOES = frozenset({MessageState.WAITING, MessageState.SENDING, MessageState.FAILED})


@job("mail.send", lease_seconds=90, tries=TRIES)
def send(message_id: int) -> None:
    """Send one message. Harmless to repeat: what was sent stays sent.

    Raises:
        GatewayError: it did not go, and is to be tried again.
    """
    with writing():
        draft = begun(locked(Message, message_id, "message"))
    if draft is None:
        return
    try:
        hand_over(draft)
    except GatewayError as error:
        if not_sent(message_id, error):
            raise
        return
    with finishing():
        was_sent(locked(Message, message_id, "message"))


def begun(message: Message) -> Draft | None:
    """Commit the attempt; None where there is nothing to send, or nobody who could."""
    if message.state not in GOES:
        return None
    if message.state is MessageState.SENDING and not notifications.KINDS[message.kind].repeats:
        give_up(message, MessageState.UNKNOWN, "interrupted")
        return None
    if letters.is_over(message):
        message.state = MessageState.CANCELED
        return None
    if player(message.channel) is None:
        message.state, message.error_class = MessageState.WAITING, NOBODY_SENDS[message.channel]
        return None
    message.state, message.attempts = MessageState.SENDING, message.attempts + 1
    return letters.drafted(message, clock.now())


def player(channel: Channel) -> Mailer | Chat | None:
    """Who sends on this channel here."""
    gateways = joined()
    return gateways.mailer if channel is Channel.EMAIL else gateways.chat


def hand_over(draft: Draft) -> None:
    """The call outside, with no unit open. Raises NotAccepted or Doubtful."""
    gateways = joined()
    outside()
    if draft.channel is Channel.EMAIL and gateways.mailer:
        gateways.mailer.send(letters.letter(draft))
    elif gateways.chat:
        gateways.chat.say(letters.line(draft))


def was_sent(message: Message) -> None:
    message.state, message.error_class, message.sent_at = MessageState.SENT, None, clock.now()


def not_sent(message_id: int, error: GatewayError) -> bool:
    """Record why it did not go; says whether it is to be tried again."""
    with writing():
        message = locked(Message, message_id, "message")
        reason = f"{type(error).__name__}: {error}"[:80]
        if isinstance(error, Doubtful) and not notifications.KINDS[message.kind].repeats:
            give_up(message, MessageState.UNKNOWN, reason)
            return False
        if is_last_try():
            give_up(message, MessageState.FAILED, reason)
        else:
            message.state, message.error_class = MessageState.WAITING, reason
        return True


def is_last_try() -> bool:
    """Whether the runner will not try again."""
    claim = claimed.get()
    return claim is None or claim.attempt >= TRIES


def give_up(message: Message, state: MessageState, reason: str) -> None:
    """Leave it to a person, and say so on the order's todo (FUL-09)."""
    message.state, message.error_class = state, reason
    changes = {"kind": message.kind, "error": reason}
    audit.record(Action.MAIL_FAILED, message, outcome="failed", changes=changes)
    if message.order_id is not None:
        fulfillment.refresh(found(Order, message.order_id, "order"), clock.now())


@job("mail.sweep")
def sweep() -> None:
    """Ask again for what waits with nobody sending it: a mail server was set since, or a worker was lost."""
    with finishing() as session:
        for channel in Channel:
            if player(channel) is not None:
                ask_again(session, channel)


def ask_again(session: Session, channel: Channel) -> None:
    stuck = Message.state.in_((MessageState.WAITING, MessageState.SENDING))
    waiting = select(Message).where(stuck, Message.channel == channel).order_by(Message.id).limit(AT_MOST)
    for message in session.scalars(waiting):
        notifications.ask(message, notifications.order_number_of(message))
