"""Who there is on the staff, for names beside todos and for choosing whom to assign."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from dashboard.models import User, UserState
from dashboard.names import name_of
from dashboard.rights import Permission, Role, may
from dashboard.unit import plain

# built once: every list asks it
STAFF = select(User.id, User.ref, User._name, User.role, User.state).where(User.office_id.is_(None))


@dataclass(frozen=True, slots=True)
class Hands:
    """Names by id and by ref, of everybody on the staff; `workers` are those who may work the queue now."""

    names: dict[int, str]
    by_ref: dict[str, str]
    workers: tuple[tuple[int, str], ...]


def hands() -> Hands:
    """The whole staff, in one statement, by name."""
    staff = plain(STAFF).all()
    names = {user.id: name_of(user.ref, user.name) or "Unknown" for user in staff}
    workers = ((user.id, names[user.id]) for user in staff if _may_work(user.role, user.state))
    by_name = tuple(sorted(workers, key=lambda one: one[1]))
    return Hands(names, {user.ref: names[user.id] for user in staff}, by_name)


def _may_work(role: Role, state: UserState) -> bool:
    return state is UserState.ACTIVE and may(role, Permission.WORK_QUEUE)
