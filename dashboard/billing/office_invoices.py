"""The invoices that an office may see: those that were issued, and what of them is still to be paid."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from dashboard.billing.office_lists import OPEN
from dashboard.extensions import db
from dashboard.models import Invoice
from dashboard.todos import keyset

NEWEST = keyset.Sort((Invoice.id,), descending=True)
SIZE = 24
SHOWN: ColumnElement[bool] = Invoice.number.is_not(None)


def page(office_id: int, *, after: str | None, before: str | None, size: int = SIZE) -> keyset.Page:
    """Rows with an `Invoice`, the newest first. A draft has no number yet, and is not among them."""
    wanted = select(Invoice.id, Invoice).where(Invoice.office_id == office_id, SHOWN)
    keys = {"after": keyset.key_in(after, NEWEST), "before": keyset.key_in(before, NEWEST)}
    return keyset.page(wanted, NEWEST, **keys, size=size)


def to_pay(office_id: int) -> Sequence[Invoice]:
    """The office's open invoices, the first due first. What is left of each is its `rest_cents`."""
    still_open = select(Invoice).where(Invoice.office_id == office_id, *OPEN)
    found = db.session.scalars(still_open.order_by(Invoice.due_date, Invoice.id))
    return [invoice for invoice in found if invoice.rest_cents > 0]
