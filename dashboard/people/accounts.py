"""Accounts: made, found, given a role, a password and a second factor, shut and reopened (spec SEC-01)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from dashboard import audit
from dashboard.audit import Action
from dashboard.crypto import blind_index
from dashboard.errors import DomainError, Invalid, StaleVersion
from dashboard.extensions import db
from dashboard.models import Office, Theme, User, UserState
from dashboard.people import links, second_factor, sessions
from dashboard.people.changes import changed
from dashboard.rights import Role

TAKEN = "This address has an account already. Find it in the list."
# An office is not told whose address it is: it may be another office's.
ELSEWHERE = "This address cannot be invited here. Use another, or write to us."


class LastAdmin(DomainError):
    """Without this person nobody could give anybody a role again."""

    code = "LAST_ADMIN"

    def __init__(self) -> None:
        super().__init__("This is the only administrator. Make somebody else one first.")


class NotOneself(DomainError):
    """Nobody changes their own role, or shuts their own account: a slip there locks them out."""

    code = "NOT_ONESELF"

    def __init__(self) -> None:
        super().__init__(
            "Ask another administrator: nobody changes their own role or shuts their own account."
        )


class Disabled(DomainError):
    """A shut account is opened again first."""

    code = "DISABLED"

    def __init__(self) -> None:
        super().__init__("This account is shut. Open it again first.")


def email_index(email: str) -> bytes:
    """The blind index under which an account is found, whatever the letter case."""
    return blind_index(email, purpose="users.email")


def by_email(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email_index == email_index(email)))


def by_ref(ref: str) -> User | None:
    return db.session.scalar(select(User).where(User.ref == ref))


def everybody() -> list[User]:
    """All accounts, the active first, then by age. Names are sealed, so the page sorts them itself."""
    return list(db.session.scalars(select(User).order_by(User.id)))


def invite(email: str, name: str, role: Role, *, now: datetime, office: Office | None = None) -> User:
    """An account, of staff or of `office`, that its person has yet to accept. Issue a link for it.

    Raises:
        Invalid: the address has an account already, or the role is one of the other side.
    """
    if role.is_staff is (office is not None):
        raise Invalid("role", "People of offices are invited from their office's page, staff from theirs.")
    taken = Invalid("email", ELSEWHERE if office else TAKEN)
    if by_email(email):
        raise taken
    user = User(email_index=email_index(email), role=role, state=UserState.INVITED, created_at=now)
    user.office_id = office.id if office else None
    user.name, user.email = name.strip(), email.strip()
    _add(user, taken)
    audit.record(Action.USER_INVITED, user, changes={"role": role.value})
    return user


def _add(user: User, taken: Invalid) -> None:
    """Another office's account is hidden from the portal, and one made this instant from everybody: only the
    index knows of those.
    """
    db.session.add(user)
    try:
        db.session.flush()
    except IntegrityError:
        raise taken from None


def accept(user: User, *, password_hash: str, secret: str, step: int) -> list[str]:
    """Open an invited account with a password and an app whose code was seen; gives its recovery codes.

    `step` is the one of that code, which is thereby used.
    """
    user.password_hash, user.totp_secret, user.totp_last_step = password_hash, secret, step
    user.state = UserState.ACTIVE
    audit.record(Action.USER_ENABLED, user)
    return second_factor.new_recovery_codes(user)


def set_up_anew(user: User, *, by: str, now: datetime) -> None:
    """Take the password and the second factor away: the person lost them, and accepts an invitation again.

    Raises:
        NotOneself, LastAdmin, Disabled: see there.
    """
    not_oneself(user, by)
    if user.state is UserState.DISABLED:
        raise Disabled
    keep_an_admin(user)
    user.state, user.password_hash, user.totp_secret = UserState.INVITED, None, None
    audit.record(Action.SECOND_FACTOR_CHANGED, user, reason="set up anew")
    sessions.end_all(user, cause="set up anew", now=now)


def change_role(user: User, role: Role, *, by: str, version: int, now: datetime) -> None:
    """Give the person another role. It holds from their next request, and their sessions end.

    Raises:
        StaleVersion, NotOneself, LastAdmin, Invalid: see there; Invalid where the role is of the other side.
    """
    not_oneself(user, by)
    if user.version != version:
        raise StaleVersion("person")
    if role.is_staff != user.role.is_staff:
        raise Invalid("role", "Staff keep a staff role, and people of offices an office's.")
    if role is user.role:
        return
    keep_an_admin(user)
    audit.record(Action.USER_CHANGED, user, changes={"from_role": user.role.value, "role": role.value})
    user.role = role
    sessions.end_all(user, cause="role changed", now=now)


def disable(user: User, *, by: str, now: datetime) -> None:
    """Shut the account; its sessions and links end.

    Raises:
        NotOneself, LastAdmin: see there.
    """
    not_oneself(user, by)
    if user.state is UserState.DISABLED:
        return
    keep_an_admin(user)
    user.state = UserState.DISABLED
    links.revoke(user, now)
    audit.record(Action.USER_DISABLED, user)
    sessions.end_all(user, cause="disabled", now=now)


def enable(user: User) -> None:
    """Open a shut account again: active if it was ever accepted, else invited."""
    if user.state is not UserState.DISABLED:
        return
    user.state = UserState.ACTIVE if user.password_hash and user.totp_secret else UserState.INVITED
    audit.record(Action.USER_ENABLED, user)


def change_password(user: User, password_hash: str, *, now: datetime, but: int | None = None) -> None:
    """Replace the password; all links and sessions end, but for the session `but`, where it was changed."""
    user.password_hash = password_hash
    links.revoke(user, now)
    audit.record(Action.PASSWORD_CHANGED, user)
    sessions.end_all(user, cause="password changed", now=now, but=but)


def change_second_factor(user: User, *, secret: str, step: int) -> list[str]:
    """Replace the app by another whose code of `step` was seen; gives new recovery codes."""
    user.totp_secret, user.totp_last_step = secret, step
    audit.record(Action.SECOND_FACTOR_CHANGED, user)
    return second_factor.new_recovery_codes(user)


def renew_recovery_codes(user: User) -> list[str]:
    """Ten new codes; the old ones open nothing any more."""
    audit.record(Action.SECOND_FACTOR_CHANGED, user, reason="recovery codes")
    return second_factor.new_recovery_codes(user)


def prefer(user_id: int, *, theme: Theme, comfortable: bool, shortcuts: bool) -> None:
    """Keep how the person wants their pages. No version: the last click wins."""
    _quietly(user_id, theme=theme, comfortable=comfortable, shortcuts=shortcuts)


def was_here(user_id: int, now: datetime) -> None:
    """Note the last sign-in."""
    _quietly(user_id, last_sign_in_at=now)


def not_oneself(user: User, by: str) -> None:
    """
    Raises:
        NotOneself: `by` is this person's own ref.
    """
    if user.ref == by:
        raise NotOneself


def keep_an_admin(user: User) -> None:
    """
    Raises:
        LastAdmin: this is the only active administrator. Locks all of them until the unit ends.
    """
    if user.role is Role.ADMIN and user.state is UserState.ACTIVE and not _others(user):
        raise LastAdmin


def _others(user: User) -> set[int]:
    admins = select(User.id).where(User.role == Role.ADMIN, User.state == UserState.ACTIVE)
    return set(db.session.scalars(admins.order_by(User.id).with_for_update())) - {user.id}


def _quietly(user_id: int, **values: object) -> None:
    """Change what is no part of an editing form, so that an open form does not become stale by it."""
    changed(update(User).where(User.id == user_id).values(**values))
