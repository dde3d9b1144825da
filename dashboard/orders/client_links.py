"""Mailing the link of an order again (spec POR-01). What links are, `dashboard.client_links` says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from dashboard import notifications
from dashboard.client_links import find, good_links, issue, opened, revoke
from dashboard.errors import Invalid
from dashboard.extensions import db
from dashboard.models import Message, Order
from dashboard.orders import orders

__all__ = ["NoAddress", "find", "good_links", "issue", "opened", "revoke", "send_again"]


class NoAddress(Invalid):
    """Nobody can be written to."""

    code = "NO_ADDRESS"

    def __init__(self) -> None:
        super().__init__("customer_email", "This order has no email address. Reach the client by hand.")


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
