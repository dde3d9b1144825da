"""Links that open one order or one invoice without an account (spec POR-01).

The token goes into a mail when it is sent, and rests nowhere: the row holds its hash. A link is good for 30
days, may be taken back, and is mailed again only to the address it went to.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update

from dashboard import audit, tokens
from dashboard.audit import Action
from dashboard.errors import NotFound
from dashboard.extensions import db
from dashboard.models import ClientLink, Invoice, Order

GOOD_FOR = timedelta(days=30)
Opened = Order | Invoice


def issue(subject: Opened, now: datetime) -> str:
    """A new link's token, 256 random bits, which only its bearer keeps. Said when the mail is written."""
    token = tokens.new_token()
    link = ClientLink(digest=token.digest, created_at=now, expires_at=now + GOOD_FOR)
    if isinstance(subject, Order):
        link.order_id = subject.id
    else:
        link.invoice_id = subject.id
    db.session.add(link)
    audit.record(Action.LINK_ISSUED, subject, changes=_purpose(subject))
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


def subject_of(link: ClientLink) -> Opened:
    """The one thing that a link opens."""
    if link.order_id is not None:
        return db.session.get_one(Order, link.order_id)
    return db.session.get_one(Invoice, link.invoice_id)


def opened(raw: str, now: datetime) -> Opened:
    """The one thing that this token opens; the first opening of a link is on the audit trail.

    Raises:
        NotFound: as `find`.
    """
    link = find(raw, now)
    subject = subject_of(link)
    if link.opened_at is None:
        link.opened_at = now
        audit.record(Action.LINK_OPENED, subject, changes=_purpose(subject))
    return subject


def good_links(subject: Opened, now: datetime) -> int:
    """How many links of an order or invoice are good now."""
    return len(db.session.scalars(select(ClientLink.id).where(*_good(subject, now))).all())


def revoke(subject: Opened, now: datetime) -> int:
    """Take back every link of an order or invoice; returns how many there were."""
    revoking = update(ClientLink).where(*_good(subject, now)).values(revoked_at=now)
    count = len(db.session.scalars(revoking.returning(ClientLink.id)).all())
    if count:
        audit.record(Action.LINK_REVOKED, subject, changes=_purpose(subject))
    return count


def _good(subject: Opened, now: datetime) -> tuple[ColumnElement[bool], ...]:
    column: Any = ClientLink.order_id if isinstance(subject, Order) else ClientLink.invoice_id
    return column == subject.id, ClientLink.revoked_at.is_(None), ClientLink.expires_at > now


def _purpose(subject: Opened) -> dict[str, str]:
    return {"purpose": "order" if isinstance(subject, Order) else "invoice"}
