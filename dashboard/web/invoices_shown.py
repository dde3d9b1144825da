"""Issued invoices in the words of whoever pays them: for the portal, and for the link of one invoice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dashboard import clock
from dashboard.billing import firm
from dashboard.billing.invoices import lines_of
from dashboard.models import DocumentState, Invoice, InvoiceLineItem, InvoiceType, PaymentState

WORDS: Mapping[PaymentState, tuple[str, str]] = {
    PaymentState.UNPAID: ("pending", "To pay"),
    PaymentState.PROCESSING: ("processing", "Payment on its way"),
    PaymentState.PAID: ("paid", "Paid"),
    PaymentState.FAILED: ("failed", "Payment failed"),
    PaymentState.REFUNDED: ("refunded", "Refunded"),
    PaymentState.DISPUTED: ("disputed", "Disputed with your bank"),
}
KINDS: Mapping[InvoiceType, str] = {
    InvoiceType.MONTHLY: "Monthly invoice",
    InvoiceType.SETUP_FEE: "Setup fee",
    InvoiceType.ONE_OFF: "One-off services",
}


@dataclass(frozen=True, slots=True)
class ShownInvoice:
    """One issued invoice as its office sees it. Money is cents; `start` and `last` are days."""

    ref: str
    number: str
    kind: str
    is_monthly: bool
    start: date
    last: date
    mark: str
    word: str
    total_cents: int
    paid_cents: int
    credited_cents: int
    refunded_cents: int
    rest_cents: int
    due: date | None
    is_late: bool
    is_payable: bool
    hosted_url: str | None


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line: a kind, the month of service (its first day), a count, cents each and in all."""

    wording: str
    month: date | None
    quantity: int
    unit_cents: int
    total_cents: int


def shown(invoice: Invoice) -> ShownInvoice:
    """The office's view of an issued invoice."""
    mark, word = state(invoice)
    rest, due = invoice.rest_cents, invoice.due_date
    return ShownInvoice(
        ref=invoice.ref,
        number=invoice.number or "",
        kind=KINDS[invoice.invoice_type],
        is_monthly=invoice.invoice_type is InvoiceType.MONTHLY,
        start=invoice.billing_period_start,
        last=invoice.billing_period_end - timedelta(days=1),
        mark=mark,
        word=word,
        total_cents=invoice.total_cents,
        paid_cents=invoice.amount_paid_cents,
        credited_cents=invoice.amount_credited_cents,
        refunded_cents=invoice.amount_refunded_cents,
        rest_cents=rest,
        due=due,
        is_late=bool(rest and due and due < firm.ours().day(clock.now())),
        is_payable=rest > 0 and invoice.payment_state is not PaymentState.PROCESSING,
        hosted_url=invoice.hosted_invoice_url,
    )


def whole(invoice: Invoice) -> dict[str, Any]:
    """All that the page of one issued invoice draws: `invoice`, `lines`, `firm`. Needs an open unit."""
    lines = [shown_line(line) for line in lines_of(invoice)]
    return {"invoice": shown(invoice), "lines": lines, "firm": firm.ours()}


def state(invoice: Invoice) -> tuple[str, str]:
    """The shape and the words of its state."""
    if invoice.document_state is DocumentState.VOID:
        return "canceled", "Canceled, nothing to pay"
    if invoice.payment_state is PaymentState.UNPAID and invoice.amount_paid_cents:
        return "processing", "Partly paid"
    return WORDS[invoice.payment_state]


def shown_line(line: InvoiceLineItem) -> ShownLine:
    return ShownLine(line.wording, line.service_month, line.quantity, line.unit_cents, line.total_cents)
