"""The list of invoices as a table for a spreadsheet: all of its rows, read in pages (spec INV-04, SEC-04)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, func, select

from dashboard import audit
from dashboard.audit import Action
from dashboard.billing import invoice_lists
from dashboard.extensions import db
from dashboard.models import Invoice, Office
from dashboard.money import plain
from dashboard.todos.exports import neutral, written
from dashboard.unit import reading

HEAD = (
    "Number", "Office", "Name", "Type", "Period from", "Period to", "Status", "Due",
    "Total", "Paid", "Credited", "Refunded", "Open",
)  # fmt: skip


def begin(meets: list[ColumnElement[bool]]) -> None:
    """Write down that these rows leave the house, and how many they are."""
    rows = select(func.count()).select_from(Invoice).join(Office).where(*meets)
    audit.record(Action.EXPORTED, changes={"what": "invoices", "rows": db.session.scalar(rows) or 0})


def lines(meets: list[ColumnElement[bool]]) -> Iterator[str]:
    """The table as CSV, a chunk at a time; each chunk is a reading unit of its own."""
    yield written([HEAD])
    cursor = None
    while True:
        with reading():
            page = invoice_lists.page(meets, after=cursor, before=None)
            totals = invoice_lists.totals([row.Invoice for row in page.rows])
        yield written(cells(row, totals[row.Invoice.id]) for row in page.rows)
        if page.older is None:
            return
        cursor = page.older


def cells(row: Any, total: int) -> list[str]:
    """One invoice in the order of the head; money with two decimals, days as ISO."""
    it: Invoice = row.Invoice
    days = (it.billing_period_start.isoformat(), it.billing_period_end.isoformat())
    due = it.due_date.isoformat() if it.due_date else ""
    words = (it.number or "", row.code, row.name, it.invoice_type.value, *days, it.status.value, due)
    amounts = (total, it.amount_paid_cents, it.amount_credited_cents, it.amount_refunded_cents, it.rest_cents)
    return [*map(neutral, words), *map(plain, amounts)]
