"""Server-side sessions: the cookie holds 256 random bits, the row their hash (spec SEC-01).

A session ends by 15 minutes of silence, after 12 hours, by signing out, and whenever its person is disabled
or gets another role or password. The role is read with the session, so a change holds from the next request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, func, select, update

from dashboard import audit
from dashboard.audit import Action
from dashboard.extensions import db
from dashboard.models import Theme, User, UserSession, UserState
from dashboard.names import name_of
from dashboard.people.changes import changed
from dashboard.rights import Permission, Role, may
from dashboard.tokens import digest, new_token
from dashboard.unit import plain

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
TOUCHED_EACH = timedelta(minutes=1)
STEPPED_UP_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a request, as the database had them at its start. Times are UTC."""

    session_id: int
    user_id: int
    ref: str
    name: str
    role: Role
    office_id: int | None
    theme: Theme
    comfortable: bool
    shortcuts: bool
    seen_at: datetime
    stepped_up_at: datetime | None

    @property
    def density(self) -> str:
        return "comfortable" if self.comfortable else "compact"

    def may(self, permission: Permission | str) -> bool:
        """Whether the role has this permission, given as such or by its words ("see the queue")."""
        return may(self.role, Permission(permission))

    def has_stepped_up(self, now: datetime) -> bool:
        """Whether the person proved again within 10 minutes who they are."""
        return self.stepped_up_at is not None and now - self.stepped_up_at < STEPPED_UP_FOR


def start(user: User, *, now: datetime, address: str | None, agent: str) -> str:
    """Sign this person in; gives the cookie's value, which is nowhere else.

    Signing in takes both factors, so it counts as a step-up.
    """
    token = new_token()
    row = UserSession(digest=token.digest, user_id=user.id, created_at=now, seen_at=now, stepped_up_at=now)
    row.address, row.agent = address, agent[:200]
    db.session.add(row)
    return token.raw


def find(raw: str, now: datetime) -> SignedIn | None:
    """The person whose session this cookie opens now, in one query; None if it opens none."""
    told = {"digest": digest(raw), "seen_after": now - IDLE, "begun_after": now - LONGEST}
    row = plain(OPENED, told).first()
    return row and _snapshot(row)


def whose(raw: str) -> str | None:
    """The ref of the person whose session this cookie opened, ended or not. It opens nothing by this."""
    ours = select(User.ref).join(UserSession, UserSession.user_id == User.id)
    return db.session.scalar(ours.where(UserSession.digest == digest(raw)))


def is_live(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What is true of a session that still opens doors at `now`."""
    return _live(now - IDLE, now - LONGEST)


def _live(seen_after: Any, begun_after: Any) -> tuple[ColumnElement[bool], ...]:
    return (
        UserSession.ended_at.is_(None),
        UserSession.seen_at > seen_after,
        UserSession.created_at > begun_after,
    )


# built once, because every request asks it
OPENED = (
    select(
        UserSession.id, UserSession.user_id, UserSession.seen_at, UserSession.stepped_up_at,
        User.ref, User._name, User.role, User.office_id, User.theme, User.comfortable, User.shortcuts,
    )
    .join(User, User.id == UserSession.user_id)
    .where(UserSession.digest == bindparam("digest"), User.state == UserState.ACTIVE)
    .where(*_live(bindparam("seen_after"), bindparam("begun_after")))
)  # fmt: skip


def touch(session_id: int, now: datetime) -> None:
    """Note that the person is here, so that the 15 minutes begin anew."""
    _change(UserSession.id == session_id, seen_at=now)


def step_up(person: SignedIn, now: datetime) -> None:
    """Note that the person proved again who they are."""
    _change(UserSession.id == person.session_id, stepped_up_at=now)
    audit.record(Action.STEPPED_UP)


def end_own(person: SignedIn, *, cause: str, now: datetime) -> None:
    """End the session that the person is in."""
    ended = _change(UserSession.id == person.session_id, ended_at=now)
    audit.record(Action.SESSION_ENDED, changes={"cause": cause, "sessions": ended})


def end_one(user: User, session_id: int, *, cause: str, now: datetime) -> bool:
    """End one session of this person; False if it is not theirs or is over already."""
    ended = _change(UserSession.id == session_id, UserSession.user_id == user.id, ended_at=now)
    return _told(user, cause, ended) > 0


def end_all(user: User, *, cause: str, now: datetime, but: int | None = None) -> int:
    """End every session of this person, but for the session id `but`; gives how many."""
    ended = _change(UserSession.user_id == user.id, UserSession.id != (but or 0), ended_at=now)
    return _told(user, cause, ended)


def of(user_id: int, now: datetime) -> list[UserSession]:
    """This person's live sessions, the last used first."""
    newest = select(UserSession).where(UserSession.user_id == user_id, *is_live(now))
    return list(db.session.scalars(newest.order_by(UserSession.seen_at.desc(), UserSession.id)))


def counts(now: datetime) -> dict[int, int]:
    """How many live sessions each person has, by user id; whoever has none is absent."""
    query = (
        select(UserSession.user_id, func.count().label("live"))
        .where(*is_live(now))
        .group_by(UserSession.user_id)
    )
    return {row.user_id: row.live for row in db.session.execute(query)}


def _change(*which: ColumnElement[bool], **values: datetime) -> int:
    return changed(update(UserSession).where(*which, UserSession.ended_at.is_(None)).values(**values))


def _told(user: User, cause: str, ended: int) -> int:
    if ended:
        audit.record(Action.SESSION_ENDED, user, changes={"cause": cause, "sessions": ended})
    return ended


def _snapshot(row: Row[Any]) -> SignedIn:
    return SignedIn(
        session_id=row.id,
        user_id=row.user_id,
        ref=row.ref,
        name=name_of(row.ref, row.name) or "",
        role=row.role,
        office_id=row.office_id,
        theme=row.theme,
        comfortable=row.comfortable,
        shortcuts=row.shortcuts,
        seen_at=row.seen_at,
        stepped_up_at=row.stepped_up_at,
    )
