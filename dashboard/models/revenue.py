"""Revenue by day, dunning, and months that are closed for good (spec REV-01, DUN-01)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.extensions import Word
from dashboard.models.base import Model


class RevenueEntry(Model):
    """What one line or order earns in one month: booked, or reversed by a refund. Never changed once its
    month is closed.
    """

    __tablename__ = "revenue_entries"
    __table_args__ = (
        UniqueConstraint("source", "source_id", "month", "kind"),
        Index("ix_revenue_entries_month", "month"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[int]
    office_id: Mapped[int | None]
    month: Mapped[date]
    kind: Mapped[str] = mapped_column(String(20))
    cents: Mapped[int]
    created_at: Mapped[datetime]


class ClosedMonth(Model):
    """A month whose figures never change any more."""

    __tablename__ = "closed_months"

    month: Mapped[date] = mapped_column(primary_key=True)
    recognized_cents: Mapped[int]
    deferred_cents: Mapped[int]
    closed_at: Mapped[datetime]
    closed_by: Mapped[str] = mapped_column(String(40))


class DunningState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    PROMISED = "promised"
    ENDED = "ended"


class Dunning(Model):
    """How far the reminders of one invoice have come."""

    __tablename__ = "dunnings"
    __table_args__ = (Index("ix_dunnings_next", "state", "next_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"), unique=True)
    state: Mapped[DunningState] = mapped_column(Word(DunningState), default=DunningState.RUNNING)
    started_on: Mapped[date]
    step: Mapped[int] = mapped_column(default=0)
    next_on: Mapped[date | None]
    promised_on: Mapped[date | None]
    created_at: Mapped[datetime]
