"""The outbox: everything we tell people, written with the act that caused it and sent afterwards (spec
EML-01, FUL-12).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.crypto import sealed
from dashboard.extensions import Word
from dashboard.models.base import Referenced


class Channel(StrEnum):
    EMAIL = "email"
    CHAT = "chat"


class MessageState(StrEnum):
    """`unknown`: a crash came between handing it over and hearing back, and repeating it would be worse."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELED = "canceled"


class Message(Referenced):
    """One message to one address. What it says is composed when it is sent, so no link token rests here."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_newest", "created_at", "id"),
        Index("ix_messages_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    channel: Mapped[Channel] = mapped_column(Word(Channel))
    kind: Mapped[str] = mapped_column(String(40))
    _recipient: Mapped[bytes | None] = mapped_column("recipient")
    recipient = sealed("_recipient")
    order_id: Mapped[int | None] = mapped_column(ForeignKey("compliance_orders.id"), index=True)
    todo_id: Mapped[int | None] = mapped_column(ForeignKey("admin_todos.id"), index=True)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoices.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    state: Mapped[MessageState] = mapped_column(Word(MessageState), default=MessageState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    resent: Mapped[int] = mapped_column(default=0)
    error_class: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
