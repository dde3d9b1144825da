"""Orders: what was sold to whom, on which terms, and how far the money and the work are (spec CHK-06,
CHK-07).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.crypto import sealed, sealed_json
from dashboard.extensions import Word
from dashboard.models.base import Model, Referenced


class PaymentStatus(StrEnum):
    UNPAID = "unpaid"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


class OrderStatus(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    COMPLETED = "completed"
    CANCELED = "canceled"


class OrderSource(StrEnum):
    PUBLIC = "public"
    STAFF = "staff"
    PROGRAM = "program"
    BUNDLE = "bundle"


class Order(Referenced):
    """One sold service. It keeps the price, interval and methods it was sold with, whatever the catalog
    says later.
    """

    __tablename__ = "compliance_orders"
    __table_args__ = (
        Index("ix_compliance_orders_newest", "created_at", "id"),
        Index("ix_compliance_orders_unfulfilled", "paid_at", "id"),
        CheckConstraint("amount_cents >= 0 AND surcharge_cents >= 0", name="amounts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_number: Mapped[str] = mapped_column(String(20), unique=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"), index=True)
    bundle_order_id: Mapped[int | None] = mapped_column(ForeignKey("compliance_orders.id"), index=True)
    source: Mapped[OrderSource] = mapped_column(Word(OrderSource))
    entry_key: Mapped[str] = mapped_column(String(64), unique=True)
    service_slug: Mapped[str] = mapped_column(String(60), index=True)
    price_cents: Mapped[int]
    billing_interval: Mapped[str | None] = mapped_column(String(10))
    allowed_methods: Mapped[list[str]] = mapped_column(JSON)
    method: Mapped[str | None] = mapped_column(String(20))
    amount_cents: Mapped[int]
    surcharge_cents: Mapped[int] = mapped_column(default=0)
    _customer_name: Mapped[bytes | None] = mapped_column("customer_name")
    customer_name = sealed("_customer_name")
    _customer_email: Mapped[bytes | None] = mapped_column("customer_email")
    customer_email = sealed("_customer_email")
    customer_email_index: Mapped[bytes | None] = mapped_column(index=True)
    _intake_data: Mapped[bytes | None] = mapped_column("intake_data")
    intake_data = sealed_json("_intake_data")
    npi: Mapped[str | None] = mapped_column(String(10), index=True)
    payment_status: Mapped[PaymentStatus] = mapped_column(Word(PaymentStatus), default=PaymentStatus.UNPAID)
    paid_at: Mapped[datetime | None]
    _payment_note: Mapped[bytes | None] = mapped_column("payment_note")
    payment_note = sealed("_payment_note")
    status: Mapped[OrderStatus] = mapped_column(Word(OrderStatus), default=OrderStatus.PENDING)
    canceled_at: Mapped[datetime | None]
    cancel_cause: Mapped[str | None] = mapped_column(String(40))
    _stripe_checkout_session_id: Mapped[bytes | None] = mapped_column("stripe_checkout_session_id")
    stripe_checkout_session_id = sealed("_stripe_checkout_session_id")
    stripe_checkout_session_index: Mapped[bytes | None] = mapped_column(unique=True)
    _stripe_subscription_id: Mapped[bytes | None] = mapped_column("stripe_subscription_id")
    stripe_subscription_id = sealed("_stripe_subscription_id")
    stripe_subscription_index: Mapped[bytes | None] = mapped_column(unique=True)
    bundle_upsell_sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    def intake_values(self) -> dict[str, Any]:
        """The intake as it was told, an empty mapping where nothing was."""
        return dict(self.intake_data or {})


class ClientLink(Model):
    """A link in an email that opens one order or one invoice, and nothing else (spec POR-01); only the
    token's hash is kept.
    """

    __tablename__ = "client_links"
    __table_args__ = (CheckConstraint("(order_id IS NULL) <> (invoice_id IS NULL)", name="opens_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("compliance_orders.id"), index=True)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoices.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
