"""Offices: the practices that we bill."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.crypto import sealed
from dashboard.models.base import Referenced


class Office(Referenced):
    """A practice. Its billing side joins with the billing migrations."""

    __tablename__ = "offices"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    _billing_email: Mapped[bytes | None] = mapped_column("billing_email")
    billing_email = sealed("_billing_email")
    time_zone: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
