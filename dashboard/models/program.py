"""Programs that use the API: their keys, and what they asked for under an idempotency key (spec API-02,
API-03).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.crypto import sealed
from dashboard.extensions import Word
from dashboard.models.base import Model, Referenced
from dashboard.rights import Role


class ApiKey(Referenced):
    """A key of an office or of a staff role. Shown once; only its hash rests here."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    label: Mapped[str] = mapped_column(String(80))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"), index=True)
    role: Mapped[Role | None] = mapped_column(Word(Role))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class IdempotentAnswer(Referenced):
    """What was answered under an Idempotency-Key; the same key with another body is refused."""

    __tablename__ = "idempotent_answers"
    __table_args__ = (UniqueConstraint("api_key_id", "key_digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    api_key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    key_digest: Mapped[bytes]
    request_digest: Mapped[bytes]
    status: Mapped[int | None]
    _answer: Mapped[bytes | None] = mapped_column("answer")
    answer = sealed("_answer")
    created_at: Mapped[datetime]


class SentLetter(Model):
    """What the role `payments` was handed, as the recorder keeps it until Stripe is joined (PHI-04's pages
    read it). The same letter again is the same row; a changed one, of another `digest`, is another.
    """

    __tablename__ = "recorded_requests"
    __table_args__ = (UniqueConstraint("purpose", "reference", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(40))
    reference: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    body: Mapped[str]
    created_at: Mapped[datetime]
