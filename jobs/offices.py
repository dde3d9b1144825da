"""Background work about offices: their status follows what they owe, and cancellations take effect."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from dashboard import clock
from dashboard.billing import standing, subscriptions
from dashboard.models import Invoice, Office, OfficeStatus
from dashboard.rows import locked
from dashboard.unit import reading, writing
from jobs.registry import finishing, job


@job("offices.refresh_status")
def refresh_status(office_id: int) -> None:
    """Bring one office's status up to date. Harmless to repeat."""
    with finishing():
        subscriptions.refresh_status(locked(Office, office_id, "office"), clock.now())


@job("offices.refresh_all", queue="bulk", lease_seconds=1800, tries=3)
def refresh_all() -> None:
    """Ask for a look at every office that may owe late, wherever its day is, or has paid meanwhile. Runs
    hourly.
    """
    unpaid = select(Invoice.office_id).where(*standing.late(clock.now().date() + timedelta(days=1)))
    with reading() as session:
        past_due = select(Office.id).where(Office.subscription_status == OfficeStatus.PAST_DUE)
        ids = sorted({*session.scalars(unpaid), *session.scalars(past_due)})
    with writing():
        for office_id in ids:
            standing.refresh_soon(office_id)
