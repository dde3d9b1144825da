"""Inviting a person: a link by which they choose a password and set up their second factor."""

from __future__ import annotations

from datetime import datetime

from dashboard import notifications
from dashboard.errors import DomainError
from dashboard.models import LinkPurpose, User, UserState
from dashboard.people import links

HOURS = int(links.GOOD_FOR[LinkPurpose.INVITE].total_seconds()) // 3600


class AlreadyIn(DomainError):
    """Only who has not accepted yet is invited; whoever lost their factors is set up anew first."""

    code = "ALREADY_IN"

    def __init__(self) -> None:
        super().__init__("This person has accepted already, or their account is shut.")


def send(user: User, now: datetime) -> None:
    """Have a link mailed; it is issued when the mail is sent. Twice within a minute is once.

    Raises:
        AlreadyIn: see there.
    """
    _must_be_invited(user)
    key = f"invite:{user.ref}:{int(now.timestamp()) // 60}"
    notifications.tell(LinkPurpose.INVITE.value, to=user.email or "", user=user, key=key, now=now)


def path_for(user: User, now: datetime) -> str:
    """A new link's path, to be handed over by hand; earlier links stop working.

    Raises:
        AlreadyIn: see there.
    """
    _must_be_invited(user)
    return links.path_of(LinkPurpose.INVITE, links.issue(user, LinkPurpose.INVITE, now))


def _must_be_invited(user: User) -> None:
    if user.state is not UserState.INVITED:
        raise AlreadyIn
