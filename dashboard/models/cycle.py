"""An office's billing cycles, and the ledger: what each patient cost in each of them (spec BIL-01 to
BIL-06).
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.extensions import Word
from dashboard.models.base import Model, new_reference


class OfficeStatus(StrEnum):
    ACTIVE = "active"
    PAST_DUE = "past_due"
    CANCELED = "canceled"
    TRIALING = "trialing"
    INACTIVE = "inactive"

    @property
    def is_charged(self) -> bool:
        """Whether a patient who becomes due in this status makes a ledger row; while trialing, one of 0
        cents.
        """
        return self in {OfficeStatus.ACTIVE, OfficeStatus.PAST_DUE, OfficeStatus.TRIALING}


class StatusChange(Model):
    """From when on an office had a status; the newest at or before an instant holds then."""

    __tablename__ = "office_statuses"
    __table_args__ = (Index("ix_office_statuses_history", "office_id", "at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    at: Mapped[datetime]
    status: Mapped[OfficeStatus] = mapped_column(Word(OfficeStatus))
    cause: Mapped[str] = mapped_column(String(40))


class BillingCycle(Model):
    """[start, end) of one office, with the price in force at its start. `carries` is false in a short one."""

    __tablename__ = "billing_cycles"
    __table_args__ = (
        UniqueConstraint("office_id", "number"),
        Index("ix_billing_cycles_instants", "office_id", "start_utc"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    number: Mapped[int]
    start: Mapped[date]
    end: Mapped[date]
    start_utc: Mapped[datetime]
    end_utc: Mapped[datetime]
    cents: Mapped[int]
    carries: Mapped[bool]
    closed_at: Mapped[datetime | None]


IS_LATE = text("settled_in <> cycle_id")


class Charge(Model):
    """One turn of the ledger: an even one charges a patient for a cycle, an odd one takes that back.

    The unique key lets nobody be charged twice for a cycle unless it was taken back in between. A turn is
    settled on the invoice of its own cycle, or, told after that ended, of the cycle in which it was told.
    Never changed.
    """

    __tablename__ = "charges"
    __table_args__ = (
        UniqueConstraint("cycle_id", "patient_id", "turn"),
        Index("ix_charges_late", "settled_in", sqlite_where=IS_LATE, postgresql_where=IS_LATE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int]
    cycle_id: Mapped[int]
    patient_id: Mapped[int]
    turn: Mapped[int] = mapped_column(default=0)
    cents: Mapped[int]
    settled_in: Mapped[int]
    due_at: Mapped[datetime]
    told_at: Mapped[datetime]
    anonymous_patient_ref: Mapped[str] = mapped_column(String(32), default=new_reference)

    @property
    def is_credit(self) -> bool:
        return self.turn % 2 == 1
