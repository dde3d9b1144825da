"""Links that open one order without an account (spec POR-01).

The token goes into a mail when it is sent, and rests nowhere: the row holds its hash. A link is good for 30
days, may be taken back, and is mailed again only to the address it went to.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update

from dashboard import audit, notifications, tokens
from dashboard.audit import Action
from dashboard.errors import Invalid, NotFound
from dashboard.extensions import db
from dashboard.models import ClientLink, Message, Order
from dashboard.orders import orders

GOOD_FOR = timedelta(days=30)
PURPOSE = {"purpose": "order"}


class NoAddress(Invalid):
    """Nobody can be written to."""

    code = "NO_ADDRESS"

    def __init__(self) -> None:
        super().__init__("customer_email", "This order has no email address. Reach the client by hand.")


def issue(order: Order, now: datetime) -> str:
    """A new link's token, 256 random bits, which only its bearer keeps. Said when the mail is written."""
    token = tokens.new_token()
    db.session.add(
        ClientLink(digest=token.digest, order_id=order.id, created_at=now, expires_at=now + GOOD_FOR)
    )
    audit.record(Action.LINK_ISSUED, order, changes=PURPOSE)
    return token.raw


def find(raw: str, now: datetime) -> ClientLink:
    """The link of this token, if it is still good.

    Raises:
        NotFound: unknown, expired or taken back, which look alike.
    """
    known = select(ClientLink).where(ClientLink.digest == tokens.digest(raw))
    link: ClientLink | None = db.session.scalar(known)
    if link is None or link.revoked_at is not None or link.expires_at <= now:
        raise NotFound("link")
    return link


def opened(raw: str, now: datetime) -> Order:
    """The one order that this token opens; the first opening of a link is on the audit trail.

    Raises:
        NotFound: as `find`.
    """
    link = find(raw, now)
    order = db.session.get_one(Order, link.order_id)
    if link.opened_at is None:
        link.opened_at = now
        audit.record(Action.LINK_OPENED, order, changes=PURPOSE)
    return order


def good_links(order: Order, now: datetime) -> int:
    """How many links of an order are good now."""
    return len(db.session.scalars(select(ClientLink.id).where(*_good(order, now))).all())


def revoke(order: Order, now: datetime) -> int:
    """Take back every link of an order; returns how many there were."""
    revoking = update(ClientLink).where(*_good(order, now)).values(revoked_at=now)
    count = len(db.session.scalars(revoking.returning(ClientLink.id)).all())
    if count:
        audit.record(Action.LINK_REVOKED, order, changes=PURPOSE)
    return count


def _good(order: Order, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return ClientLink.order_id == order.id, ClientLink.revoked_at.is_(None), ClientLink.expires_at > now


def send_again(order: Order, now: datetime) -> Message:
    """Mail a new link to the address the order's first mail went to.

    Raises:
        NoAddress: it has none.
        StillSending: the last one is on its way.
    """
    told = db.session.scalar(select(Message).where(Message.key == f"welcome:{order.order_number}"))
    if told is not None:
        return notifications.resend(told)
    message = orders.welcome(order, now)
    if message is None:
        raise NoAddress
    return message
