"""Keys of programs: 256 bits, shown once, kept as a hash, for one office or one staff role (API-02)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update

from dashboard import audit
from dashboard.audit import Action
from dashboard.errors import Invalid, NotFound
from dashboard.extensions import db
from dashboard.models import ApiKey, Office, User
from dashboard.rights import Role
from dashboard.tokens import digest, new_token
from dashboard.unit import plain

TOUCHED_EACH = timedelta(minutes=1)
OPENED = select(ApiKey.id, ApiKey.ref, ApiKey.role, ApiKey.office_id, ApiKey.last_used_at).where(
    ApiKey.digest == bindparam("digest"), ApiKey.revoked_at.is_(None)
)


@dataclass(frozen=True, slots=True)
class Program:
    """The key behind a request, as the database had it at its start. It has a staff role or an office."""

    key_id: int
    ref: str
    role: Role | None
    office_id: int | None
    last_used_at: datetime | None

    def was_used_lately(self, now: datetime) -> bool:
        """Whether its last use is known to the minute."""
        return self.last_used_at is not None and now - self.last_used_at < TOUCHED_EACH


@dataclass(frozen=True, slots=True)
class Listed:
    """A key as the keys page lists it: whose, made by whom."""

    key: ApiKey
    office: str | None
    made_by: User | None


def make(
    label: str, *, role: Role | None = None, office: Office | None = None, made_by: int, now: datetime
) -> tuple[ApiKey, str]:
    """A key of a staff role or of an office; gives its row and the key itself, which is nowhere else.

    Raises:
        Invalid: it is for neither or for both, or the role is no staff role.
    """
    if (role is None) == (office is None) or (role is not None and not role.is_staff):
        raise Invalid("scope", "Choose one staff role or one office for the key.")
    token = new_token()
    row = ApiKey(digest=token.digest, label=label, role=role, made_by=made_by, created_at=now)
    row.office_id = office.id if office else None
    db.session.add(row)
    scope = {"role": role.value} if role else {"office": office.ref if office else None}
    audit.record(Action.API_KEY_MADE, row, changes=scope)
    return row, token.raw


def revoke(ref: str, now: datetime) -> ApiKey:
    """Let the key open nothing from now on. Harmless to repeat.

    Raises:
        NotFound: there is no such key.
    """
    key = db.session.scalars(select(ApiKey).where(ApiKey.ref == ref).with_for_update()).first()
    if key is None:
        raise NotFound("API key")
    if key.revoked_at is None:
        key.revoked_at = now
        audit.record(Action.API_KEY_REVOKED, key)
    return key


def find(raw: str) -> Program | None:
    """The program whose key this is, in one query; None if it opens nothing."""
    row = plain(OPENED, {"digest": digest(raw)}).first()
    return Program(*tuple(row)) if row else None


def touch(program: Program, now: datetime) -> None:
    """Remember that the key was used."""
    db.session.execute(update(ApiKey).where(ApiKey.id == program.key_id).values(last_used_at=now))


def everything() -> Sequence[Listed]:
    """All keys, the newest first."""
    told = select(ApiKey, Office.name, User).outerjoin(Office, Office.id == ApiKey.office_id)
    told = told.outerjoin(User, User.id == ApiKey.made_by).order_by(ApiKey.id.desc())
    return [Listed(*row) for row in db.session.execute(told)]
