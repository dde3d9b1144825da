"""Invoices: a document that is drafted, closed, issued or void, and what has been paid of it (spec INV-01
to INV-03).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.crypto import sealed, sealed_json
from dashboard.extensions import Word
from dashboard.models.base import Referenced


class InvoiceType(StrEnum):
    MONTHLY = "monthly"
    SETUP_FEE = "setup_fee"
    ONE_OFF = "one_off"


class DocumentState(StrEnum):
    DRAFT = "draft"
    CLOSED = "closed"
    ISSUED = "issued"
    VOID = "void"


class PaymentState(StrEnum):
    UNPAID = "unpaid"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


class InvoiceStatus(StrEnum):
    """What the world is told."""

    DRAFT = "draft"
    SENT = "sent"
    PAID = "paid"
    FAILED = "failed"
    CANCELED = "canceled"


SHOWN: Mapping[PaymentState, InvoiceStatus] = {
    PaymentState.UNPAID: InvoiceStatus.SENT,
    PaymentState.PROCESSING: InvoiceStatus.SENT,
    PaymentState.PAID: InvoiceStatus.PAID,
    PaymentState.REFUNDED: InvoiceStatus.PAID,
    PaymentState.DISPUTED: InvoiceStatus.PAID,
    PaymentState.FAILED: InvoiceStatus.FAILED,
}
UNSENT = text("document_state = 'issued' AND sent_at IS NULL")
LIVE_MONTHLY = text("invoice_type = 'monthly' AND document_state <> 'void'")


class VoidReason(StrEnum):
    """Why an invoice was voided."""

    WRONG_AMOUNT = "wrong_amount"
    WRONG_OFFICE = "wrong_office"
    DUPLICATE = "duplicate"
    NOT_DELIVERED = "not_delivered"
    WRITTEN_OFF = "written_off"


class ItemType(StrEnum):
    PATIENT_ACTIVATION = "patient_activation"
    SETUP_FEE = "setup_fee"
    ONE_OFF = "one_off"
    ADJUSTMENT = "adjustment"
    CREDIT = "credit"


class Invoice(Referenced):
    """What an office is asked to pay. Issued, it never changes: its number, snapshot and lines stand.

    `note` is what staff wrote of it, and never leaves; `approve_at` is when the clock approves it (UTC).
    """

    __tablename__ = "invoices"
    __table_args__ = (
        Index(
            "one_live_monthly_invoice",
            "cycle_id",
            unique=True,
            sqlite_where=LIVE_MONTHLY,
            postgresql_where=LIVE_MONTHLY,
        ),
        Index("ix_invoices_unsent", "office_id", "id", sqlite_where=UNSENT, postgresql_where=UNSENT),
        UniqueConstraint("office_id", "number"),
        Index("ix_invoices_office", "office_id", "id"),
        Index("ix_invoices_state", "document_state", "payment_state", "due_date", "id"),
        CheckConstraint("amount_paid_cents >= 0 AND amount_refunded_cents >= 0", name="amounts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    invoice_type: Mapped[InvoiceType] = mapped_column(Word(InvoiceType))
    cycle_id: Mapped[int | None] = mapped_column(ForeignKey("billing_cycles.id"))
    billing_period_start: Mapped[date]
    billing_period_end: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3), default="usd")
    document_state: Mapped[DocumentState] = mapped_column(Word(DocumentState), default=DocumentState.DRAFT)
    payment_state: Mapped[PaymentState] = mapped_column(Word(PaymentState), default=PaymentState.UNPAID)
    total_cents: Mapped[int] = mapped_column(default=0)
    amount_paid_cents: Mapped[int] = mapped_column(default=0)
    amount_refunded_cents: Mapped[int] = mapped_column(default=0)
    amount_credited_cents: Mapped[int] = mapped_column(default=0)
    number: Mapped[str | None] = mapped_column(String(24))
    issued_at: Mapped[datetime | None]
    due_date: Mapped[date | None]
    approve_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    void_reason: Mapped[VoidReason | None] = mapped_column(Word(VoidReason))
    _note: Mapped[bytes | None] = mapped_column("note")
    note = sealed("_note")
    _snapshot: Mapped[bytes | None] = mapped_column("snapshot")
    snapshot = sealed_json("_snapshot")
    entry_key: Mapped[str] = mapped_column(String(64), unique=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("invoices.id"))
    _stripe_invoice_id: Mapped[bytes | None] = mapped_column("stripe_invoice_id")
    stripe_invoice_id = sealed("_stripe_invoice_id")
    stripe_invoice_index: Mapped[bytes | None] = mapped_column(unique=True)
    hosted_invoice_url: Mapped[str | None]
    last_synced_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def status(self) -> InvoiceStatus:
        """What the world is told; two states lie behind it (spec INV-01)."""
        if self.document_state is DocumentState.VOID:
            return InvoiceStatus.CANCELED
        return (
            SHOWN[self.payment_state] if self.document_state is DocumentState.ISSUED else InvoiceStatus.DRAFT
        )

    @property
    def rest_cents(self) -> int:
        """What is still to be paid. A refund opens an invoice again only while it is not settled; one of
        money that the bank then took back is owed on top.
        """
        if self.document_state is not DocumentState.ISSUED or self.status is InvoiceStatus.PAID:
            return 0
        return self.total_cents - self.amount_credited_cents - self.kept_cents

    @property
    def kept_cents(self) -> int:
        """What was paid and not given back; below zero once a refund went out of money that bounced."""
        return self.amount_paid_cents - self.amount_refunded_cents

    @property
    def refundable_cents(self) -> int:
        """How much could be given back."""
        return max(0, self.kept_cents)

    @property
    def waits_to_be_sent(self) -> bool:
        """Issued, and not handed to the payment provider yet: the office's strings are not verified."""
        return self.document_state is DocumentState.ISSUED and self.sent_at is None


class InvoiceLineItem(Referenced):
    """One row on an invoice. The database checks that the total is what quantity and price make.

    `entry_key` names the fact behind a line that a person added, so that it is told once.
    """

    __tablename__ = "invoice_line_items"
    __table_args__ = (CheckConstraint("total_cents = quantity * unit_cents", name="product"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"), index=True)
    item_type: Mapped[ItemType] = mapped_column(Word(ItemType))
    wording: Mapped[str] = mapped_column(String(40))
    service_month: Mapped[date | None]
    quantity: Mapped[int]
    unit_cents: Mapped[int]
    total_cents: Mapped[int]
    entry_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime]


class NumberSeries(Referenced):
    """The next invoice number of an office: one series each, without gaps, under a lock."""

    __tablename__ = "number_series"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), unique=True)
    next_number: Mapped[int] = mapped_column(default=1)
