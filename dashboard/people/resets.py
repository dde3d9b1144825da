"""Asking for a new password. The page does the same for every address; a job finds out who has an account."""

from __future__ import annotations

from datetime import datetime

from dashboard import notifications
from dashboard.background import later
from dashboard.extensions import db
from dashboard.models import LinkPurpose, User, UserState
from dashboard.people import throttle
from dashboard.people.throttle import Place


def ask(email_index: bytes, place: Place, now: datetime) -> None:
    """Have a link sent to whoever has this address; asking again within a minute asks for nothing.

    Raises:
        TooManyTries: this place asked too often.
    """
    throttle.attempt("reset", email_index, place, now)
    later(
        "people.reset",
        key=f"reset:{email_index.hex()}",
        index=email_index.hex(),
        minute=int(now.timestamp()) // 60,
    )


def send(email_index: bytes, *, minute: int, now: datetime) -> None:
    """Send the link, if the address has an open account. Harmless to repeat for the same minute."""
    user = db.session.query(User).filter_by(email_index=email_index, state=UserState.ACTIVE).one_or_none()
    if user is None or not user.email:
        return
    key = f"reset:{user.ref}:{minute}"
    notifications.tell(LinkPurpose.PASSWORD_RESET.value, to=user.email, user=user, key=key, now=now)
