"""Reminders of invoices, once a day; each invoice is a job of its own, so that none holds up the others."""

from __future__ import annotations

from dashboard import clock
from dashboard.background import later
from dashboard.billing import dunning
from dashboard.models import Invoice
from dashboard.rows import locked
from dashboard.unit import reading, writing
from jobs.registry import finishing, job


@job("dunning.daily", queue="bulk", lease_seconds=600)
def daily() -> None:
    """Ask for a look at every invoice that may need a step. Harmless to repeat."""
    with reading():
        due = dunning.due(clock.now())
    with writing():
        for invoice_id in due:
            later("dunning.take", key=f"dunning:{invoice_id}", invoice_id=invoice_id)


@job("dunning.take")
def take(invoice_id: int) -> None:
    """Do what is due for one invoice. Harmless to repeat."""
    with finishing():
        dunning.take(locked(Invoice, invoice_id, "invoice"), clock.now())
