"""Links to set up an account or choose a new password: used once, kept as a hash (spec SEC-01)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update

from dashboard import audit
from dashboard.audit import Action
from dashboard.errors import DomainError
from dashboard.extensions import db
from dashboard.models import AccountLink, LinkPurpose, User, UserState
from dashboard.people.changes import changed
from dashboard.tokens import digest, new_token

GOOD_FOR: Mapping[LinkPurpose, timedelta] = {
    LinkPurpose.INVITE: timedelta(hours=72),
    LinkPurpose.PASSWORD_RESET: timedelta(hours=1),
}
PATHS: Mapping[LinkPurpose, str] = {
    LinkPurpose.INVITE: "invite",
    LinkPurpose.PASSWORD_RESET: "password-reset",
}
OPENS: Mapping[LinkPurpose, UserState] = {
    LinkPurpose.INVITE: UserState.INVITED,
    LinkPurpose.PASSWORD_RESET: UserState.ACTIVE,
}


class LinkIsOver(DomainError):
    """A link that was used, replaced, or never was one: the answers look alike on purpose."""

    status = 404
    code = "LINK_IS_OVER"

    def __init__(self) -> None:
        super().__init__(
            "This link was used already, has run out, or was replaced by a newer one. Ask for a new one."
        )


def issue(user: User, purpose: LinkPurpose, now: datetime) -> str:
    """A new link's token, good for `GOOD_FOR`; every earlier one of this purpose stops working.

    The token is in the answer and nowhere else.
    """
    revoke(user, now, purpose)
    token = new_token()
    expires = now + GOOD_FOR[purpose]
    row = AccountLink(
        digest=token.digest, user_id=user.id, purpose=purpose, created_at=now, expires_at=expires
    )
    db.session.add(row)
    audit.record(Action.LINK_ISSUED, user, changes={"purpose": purpose.value})
    return token.raw


def path_of(purpose: LinkPurpose, raw: str) -> str:
    """Where the link leads, below the installation's address."""
    return f"/{PATHS[purpose]}/{raw}"


def person_of(raw: str, purpose: LinkPurpose, now: datetime) -> User:
    """Whose link this is.

    Raises:
        LinkIsOver: it opens nothing (any more).
    """
    theirs = select(User).join(AccountLink, AccountLink.user_id == User.id)
    which = (AccountLink.digest == digest(raw), AccountLink.purpose == purpose, AccountLink.used_at.is_(None))
    user: User | None = db.session.scalar(
        theirs.where(*which, AccountLink.expires_at > now, User.state == OPENS[purpose])
    )
    if user is None:
        raise LinkIsOver
    return user


def use(raw: str, purpose: LinkPurpose, now: datetime) -> User:
    """Use the link up; of two at the same time one is refused. Needs a writing unit.

    Raises:
        LinkIsOver: see `person_of`.
    """
    user = person_of(raw, purpose, now)
    if not _end(AccountLink.digest == digest(raw), now=now):
        raise LinkIsOver
    audit.record(Action.LINK_OPENED, user, changes={"purpose": purpose.value})
    return user


def revoke(user: User, now: datetime, *purposes: LinkPurpose) -> None:
    """End every unused link of these purposes; without any, of all."""
    _end(AccountLink.user_id == user.id, AccountLink.purpose.in_(purposes or LinkPurpose), now=now)


def _end(*which: ColumnElement[bool], now: datetime) -> int:
    return changed(update(AccountLink).where(*which, AccountLink.used_at.is_(None)).values(used_at=now))
