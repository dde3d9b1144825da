"""Money that moved, each movement a row: payments of invoices and orders, refunds, credit notes (spec
INV-05, INV-06).
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.crypto import sealed
from dashboard.extensions import Word
from dashboard.models.base import Referenced


class MoneyState(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REVERSED = "reversed"


class MoneySource(StrEnum):
    WEBHOOK = "webhook"
    RECONCILE = "reconcile"
    BY_HAND = "by hand"


class Payment(Referenced):
    """One attempt to pay. `key` names the fact, so that it is told once.

    `returned_cents` is what the bank took back of it: all of a bounced check, and of a lost dispute what was
    not refunded before.
    """

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount"),
        CheckConstraint("returned_cents BETWEEN 0 AND amount_cents", name="returned"),
        Index("ix_payments_invoice", "invoice_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoices.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("compliance_orders.id"))
    amount_cents: Mapped[int]
    returned_cents: Mapped[int] = mapped_column(default=0)
    method: Mapped[str] = mapped_column(String(20))
    _provider_reference: Mapped[bytes | None] = mapped_column("provider_reference")
    provider_reference = sealed("_provider_reference")
    state: Mapped[MoneyState] = mapped_column(Word(MoneyState))
    attempt: Mapped[int] = mapped_column(default=1)
    source: Mapped[MoneySource] = mapped_column(Word(MoneySource))
    received_on: Mapped[date | None]
    created_at: Mapped[datetime]

    @property
    def stayed_cents(self) -> int:
        """What came and the bank did not take back."""
        came = self.state in {MoneyState.SUCCEEDED, MoneyState.REVERSED}
        return self.amount_cents - self.returned_cents if came else 0


class RefundReason(StrEnum):
    DUPLICATE = "duplicate"
    REQUESTED = "requested_by_customer"
    NOT_DELIVERED = "not_delivered"
    BILLING_ERROR = "billing_error"


class Refund(Referenced):
    """Money that goes back to an office, by hand or through the payment provider; never more than it paid."""

    __tablename__ = "refunds"
    __table_args__ = (CheckConstraint("amount_cents > 0", name="amount"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"), index=True)
    amount_cents: Mapped[int]
    reason: Mapped[RefundReason] = mapped_column(Word(RefundReason))
    by_hand: Mapped[bool]
    state: Mapped[MoneyState] = mapped_column(Word(MoneyState))
    created_at: Mapped[datetime]


class CreditNote(Referenced):
    """What an office need not pay of an issued invoice; never more than is left of it."""

    __tablename__ = "credit_notes"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount"),
        UniqueConstraint("office_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"), index=True)
    number: Mapped[str] = mapped_column(String(28))
    amount_cents: Mapped[int]
    reason: Mapped[RefundReason] = mapped_column(Word(RefundReason))
    created_at: Mapped[datetime]
