"""People in the words of a page that lists them: for staff, and for an office's own administrators."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from dashboard.models import User, UserState
from dashboard.rights import Role

OFFICE_ROLES = {Role.OFFICE_ADMIN: "Administrator", Role.OFFICE_MEMBER: "Member"}


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """One person in a list. `role` is in words; `sessions` counts the live ones, where they are told."""

    href: str
    name: str
    email: str
    role: str
    state: UserState
    last_sign_in_at: datetime | None
    sessions: int


def office_role(role: Role) -> str:
    """What a role is called among the people of one office."""
    return OFFICE_ROLES.get(role, role.value)


def listed(
    people: Iterable[User], door: str, role: Callable[[Role], str], live: dict[int, int] | None = None
) -> list[ShownPerson]:
    """The rows of the list, by name. `door` is the endpoint of one person, `live` the sessions by user id."""
    counts = live or {}
    rows = [_row(user, door, role(user.role), counts.get(user.id, 0)) for user in people]
    return sorted(rows, key=lambda row: row.name.casefold())


def _row(user: User, door: str, role: str, sessions: int) -> ShownPerson:
    href, name = url_for(door, ref=user.ref), user.name or "no name"
    email = user.email or "no address"
    return ShownPerson(href, name, email, role, user.state, user.last_sign_in_at, sessions)
