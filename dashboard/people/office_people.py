"""People of an office: invited, given an office's role, shut out, by its administrators or by staff.

The rules are those of all accounts. An office keeps an administrator of its own: only staff may shut the
last one out, and they can invite another.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from dashboard.extensions import db
from dashboard.models import Office, User, UserState
from dashboard.people import accounts
from dashboard.people.accounts import LastAdmin
from dashboard.rights import Role


def of(office_id: int) -> list[User]:
    """Everybody who has or had an account of this office, by age."""
    return list(db.session.scalars(select(User).where(User.office_id == office_id).order_by(User.id)))


def invite(office: Office, email: str, name: str, role: Role, *, now: datetime) -> User:
    """An account of this office that its person has yet to accept. Issue a link for it.

    Raises:
        Invalid: the address has an account already, here or elsewhere, or the role is one of staff.
    """
    return accounts.invite(email, name, role, now=now, office=office)


def change_role(user: User, role: Role, *, by: str, version: int, now: datetime) -> None:
    """Make somebody of the office its administrator or a member; asked for by one of the office.

    Raises:
        StaleVersion, NotOneself, LastAdmin, Invalid: as for every account.
    """
    keep_an_admin(user, unless=role is Role.OFFICE_ADMIN)
    accounts.change_role(user, role, by=by, version=version, now=now)


def disable(user: User, *, by: str, now: datetime) -> None:
    """Shut the account of somebody of the office; asked for by one of the office.

    Raises:
        NotOneself, LastAdmin: as for every account.
    """
    keep_an_admin(user)
    accounts.disable(user, by=by, now=now)


def keep_an_admin(user: User, *, unless: bool = False) -> None:
    """
    Raises:
        LastAdmin: this is the office's only active administrator. Locks all of them until the unit ends, so
            that two who shut each other out at once do not both succeed.
    """
    active = (
        User.office_id == user.office_id,
        User.role == Role.OFFICE_ADMIN,
        User.state == UserState.ACTIVE,
    )
    admins = set(db.session.scalars(select(User.id).where(*active).order_by(User.id).with_for_update()))
    if not unless and admins == {user.id}:
        raise LastAdmin
