"""Offices: the practices that we bill, and the terms on which we do (spec OFF-01, OFF-02)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.crypto import sealed
from dashboard.extensions import Word
from dashboard.models.base import Referenced
from dashboard.models.cycle import OfficeStatus


class Office(Referenced):
    """A practice. Its subscription is its plan with us; `next_boundary` is when its next cycle begins
    (UTC).
    """

    __tablename__ = "offices"
    __table_args__ = (Index("ix_offices_next_boundary", "next_boundary", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    _billing_email: Mapped[bytes | None] = mapped_column("billing_email")
    billing_email = sealed("_billing_email")
    _billing_address: Mapped[bytes | None] = mapped_column("billing_address")
    billing_address = sealed("_billing_address")
    time_zone: Mapped[str] = mapped_column(String(64))

    subscription_status: Mapped[OfficeStatus | None] = mapped_column(Word(OfficeStatus))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plans.id"))
    next_plan_id: Mapped[int | None] = mapped_column(ForeignKey("plans.id"))
    billing_cycle_anchor_date: Mapped[date | None]
    next_anchor_date: Mapped[date | None]
    subscription_started_at: Mapped[datetime | None]
    trial_ends_on: Mapped[date | None]
    next_boundary: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]
    parked_reason: Mapped[str | None] = mapped_column(String(120))

    _payment_provider_customer_id: Mapped[bytes | None] = mapped_column("payment_provider_customer_id")
    payment_provider_customer_id = sealed("_payment_provider_customer_id")
    payment_provider_customer_index: Mapped[bytes | None] = mapped_column(unique=True)
    _payment_provider_subscription_id: Mapped[bytes | None] = mapped_column(
        "payment_provider_subscription_id"
    )
    payment_provider_subscription_id = sealed("_payment_provider_subscription_id")
    payment_provider_subscription_index: Mapped[bytes | None] = mapped_column(unique=True)
    _verified_name: Mapped[bytes | None] = mapped_column("verified_name")
    verified_name = sealed("_verified_name")
    _verified_email: Mapped[bytes | None] = mapped_column("verified_email")
    verified_email = sealed("_verified_email")
    name_entered_by: Mapped[int | None]
    email_entered_by: Mapped[int | None]
    verified_by: Mapped[int | None]
    verified_at: Mapped[datetime | None]

    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    def was_entered_by(self, user_id: int | None) -> bool:
        """Whether this person typed either of the two strings, and so cannot be the one to verify them."""
        return user_id is not None and user_id in {self.name_entered_by, self.email_entered_by}

    @property
    def is_verified(self) -> bool:
        """Whether name and billing email are those that a second person approved for leaving (OFF-03)."""
        return self.verified_name == self.name and self.verified_email == self.billing_email
