"""Who there is on the staff, for names beside todos and for choosing whom to assign."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import load_only

from dashboard.extensions import db
from dashboard.models import User
from dashboard.rights import Permission

WANTED = load_only(User.id, User.ref, User._name, User.role, User.state)
STAFF = select(User).options(WANTED).where(User.office_id.is_(None))  # built once: every list asks it


@dataclass(frozen=True, slots=True)
class Hands:
    """Names by id and by ref, of everybody on the staff; `workers` are those who may work the queue now."""

    names: dict[int, str]
    by_ref: dict[str, str]
    workers: list[tuple[int, str]]


def hands() -> Hands:
    """The whole staff, in one statement, by name."""
    staff = db.session.scalars(STAFF).all()
    names = {user.id: user.name or "Unknown" for user in staff}
    workers = [(user.id, names[user.id]) for user in staff if user.may(Permission.WORK_QUEUE)]
    return Hands(names, {user.ref: names[user.id] for user in staff}, sorted(workers, key=lambda one: one[1]))
