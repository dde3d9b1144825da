"""How an invoice stands in a list, on every page that lists some."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard.models import DocumentState, Invoice, InvoiceStatus, PaymentState

OPEN = {PaymentState.UNPAID, PaymentState.PROCESSING, PaymentState.FAILED}


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One invoice in a list. Money is cents; `left_cents` is what has neither been paid nor credited.

    `end` is the first day after its period.
    """

    id: int
    href: str
    number: str | None
    office: str
    office_name: str
    office_href: str
    kind: str
    start: date
    end: date
    mark: str
    word: str
    total_cents: int
    left_cents: int
    due: date | None
    is_open: bool


def invoice_href(invoice_id: int) -> str:
    return f"/staff/invoices/{invoice_id}"


def rows_of(found: Iterable[tuple[Invoice, Any]], totals: Mapping[int, int]) -> list[InvoiceRow]:
    """Rows of invoices, each with its office (anything with `code` and `name`)."""
    return [row_of(invoice, office, totals[invoice.id]) for invoice, office in found]


def row_of(invoice: Invoice, office: Any, total: int) -> InvoiceRow:
    mark, word = shown(invoice)
    return InvoiceRow(
        id=invoice.id,
        href=invoice_href(invoice.id),
        number=invoice.number,
        office=office.code,
        office_name=office.name,
        office_href=f"/staff/offices/{invoice.office_id}",
        kind=invoice.invoice_type.value,
        start=invoice.billing_period_start,
        end=invoice.billing_period_end,
        mark=mark,
        word=word,
        total_cents=total,
        left_cents=invoice.rest_cents,
        due=invoice.due_date,
        is_open=is_open(invoice),
    )


def is_open(invoice: Invoice) -> bool:
    """Whether something is still to be paid of it."""
    return invoice.document_state is DocumentState.ISSUED and invoice.payment_state in OPEN


def shown(invoice: Invoice) -> tuple[str, str]:
    """The shape and the word of its status: to staff a closed draft is one to review, and what has a number
    but has not left yet is issued, not sent.
    """
    if invoice.document_state is DocumentState.CLOSED and invoice.returned_at:
        return "refused", "Sent back"
    if invoice.document_state is DocumentState.CLOSED:
        return "waiting", "To review"
    if invoice.status is InvoiceStatus.SENT:
        return _on_its_way(invoice)
    if invoice.payment_state in {PaymentState.REFUNDED, PaymentState.DISPUTED}:
        return invoice.payment_state.value, invoice.payment_state.value.capitalize()
    return invoice.status.value, invoice.status.value.capitalize()


def _on_its_way(invoice: Invoice) -> tuple[str, str]:
    if invoice.waits_to_be_sent:
        return "waiting", "Issued"
    return "in_progress", "Processing" if invoice.payment_state is PaymentState.PROCESSING else "Sent"
