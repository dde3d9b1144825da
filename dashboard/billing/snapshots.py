"""What an issued invoice says, kept as it was said: renaming an office changes no old invoice (spec INV-01,
INV-04).

The shape: `number`, `type`, `issued_on`, `due_date`, `period_start`, `period_end` (the day after the last),
`firm` and `office` (`name`, `address` as lines, `email`, `phone`), `lines` (`wording`, `month`, `quantity`,
`unit_cents`, `total_cents`), `total_cents`, `currency`, `replaces` (a number), `terms` (sentences). Days are
ISO.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from dashboard.billing import firm
from dashboard.extensions import db
from dashboard.models import Invoice, InvoiceLineItem, Office


def taken(
    invoice: Invoice, office: Office, lines: Iterable[InvoiceLineItem], *, issued_on: date
) -> dict[str, Any]:
    """Everything that the paper says, from the rows as they are now."""
    assert invoice.due_date is not None
    replaced = db.session.get(Invoice, invoice.replaces_id) if invoice.replaces_id else None
    return {
        "number": invoice.number,
        "type": invoice.invoice_type.value,
        "issued_on": issued_on.isoformat(),
        "due_date": invoice.due_date.isoformat(),
        "period_start": invoice.billing_period_start.isoformat(),
        "period_end": invoice.billing_period_end.isoformat(),
        "firm": _firm(),
        "office": _office(office),
        "lines": [_line(line) for line in lines],
        "total_cents": invoice.total_cents,
        "currency": invoice.currency,
        "replaces": replaced.number if replaced else None,
        "terms": list(_terms(invoice.number or "")),
    }


def _firm() -> dict[str, Any]:
    ours = firm.ours()
    return {"name": ours.name, "address": list(ours.address), "email": ours.email, "phone": ours.phone}


def _office(office: Office) -> dict[str, Any]:
    address = [line.strip() for line in (office.billing_address or "").splitlines() if line.strip()]
    return {"name": office.name, "address": address, "email": office.billing_email, "phone": None}


def _line(line: InvoiceLineItem) -> dict[str, Any]:
    return {
        "wording": line.wording,
        "month": line.service_month.isoformat() if line.service_month else None,
        "quantity": line.quantity,
        "unit_cents": line.unit_cents,
        "total_cents": line.total_cents,
    }


def _terms(number: str) -> tuple[str, str]:
    ours = firm.ours()
    days = f"Payable within {ours.due_days} days of issue, in US dollars."
    return days, f"Paying by check or wire? Write {number} on it."
