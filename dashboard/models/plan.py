"""Plans and what they cost from which day on (spec BIL-06)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.models.base import Model, Referenced


class Plan(Referenced):
    """What an office subscribes to."""

    __tablename__ = "plans"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    created_at: Mapped[datetime]


class PriceVersion(Model):
    """What an active patient costs a month, in cents, in cycles that begin on `effective` (local day) or
    later.
    """

    __tablename__ = "price_versions"
    __table_args__ = (UniqueConstraint("plan_id", "effective"), CheckConstraint("cents >= 0", name="price"))

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    effective: Mapped[date]
    cents: Mapped[int]
    created_at: Mapped[datetime]
