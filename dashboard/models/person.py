"""People with an account, their sessions, their one-time links and their attempts to sign in (spec
SEC-01).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.crypto import sealed
from dashboard.extensions import Word
from dashboard.models.base import Model, Referenced
from dashboard.rights import Permission, Role, may


class UserState(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


class LinkPurpose(StrEnum):
    INVITE = "invite"
    PASSWORD_RESET = "password_reset"


class Theme(StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class User(Referenced):
    """One person's account. Name and address are sealed; the address is found by its blind index."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    _name: Mapped[bytes | None] = mapped_column("name")
    name = sealed("_name")
    _email: Mapped[bytes | None] = mapped_column("email")
    email = sealed("_email")
    email_index: Mapped[bytes] = mapped_column(unique=True)
    role: Mapped[Role] = mapped_column(Word(Role))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"), index=True)
    state: Mapped[UserState] = mapped_column(Word(UserState), default=UserState.INVITED)
    password_hash: Mapped[str | None]
    _totp_secret: Mapped[bytes | None] = mapped_column("totp_secret")
    totp_secret = sealed("_totp_secret")
    totp_last_step: Mapped[int] = mapped_column(default=0)
    theme: Mapped[Theme] = mapped_column(Word(Theme), default=Theme.SYSTEM)
    comfortable: Mapped[bool] = mapped_column(default=False)
    shortcuts: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    def may(self, permission: Permission) -> bool:
        return self.state is UserState.ACTIVE and may(self.role, permission)


class RecoveryCode(Model):
    """A single-use way in for somebody whose second factor is lost; only its hash is kept."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    used_at: Mapped[datetime | None]


class UserSession(Model):
    """A signed-in browser. The cookie holds 256 random bits, this row their hash: ending the row ends the
    session.
    """

    __tablename__ = "user_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    stepped_up_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    address: Mapped[str | None] = mapped_column(String(64))
    agent: Mapped[str | None] = mapped_column(String(200))


class AccountLink(Model):
    """An invitation or a password reset: one link, used once; only the hash of its token is kept."""

    __tablename__ = "account_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(Word(LinkPurpose))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class FailedAttempt(Model):
    """A wrong password, code or token, counted by what was tried and by the real address it came from."""

    __tablename__ = "failed_attempts"
    __table_args__ = (
        Index("ix_failed_attempts_subject", "kind", "subject", "at"),
        Index("ix_failed_attempts_address", "kind", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[bytes]
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
