"""The wall's lists of billing: months not turned, offices that a run left aside, invoices not sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, literal, select
from sqlalchemy.orm import Session

from dashboard import actor
from dashboard.billing import invoices, monthly_run, parking
from dashboard.models import Invoice, Office, ParkedOffice
from dashboard.models.invoice import UNSENT
from dashboard.reconcile.shapes import Mending, WallList
from dashboard.rights import Permission
from dashboard.rows import locked


def missed_runs(by: datetime) -> Select[Any]:
    wanted = (Office.next_boundary < by, Office.parked_at.is_(None))
    return _rows(Office.id, literal("Office ") + Office.code, Office.next_boundary).where(*wanted)


def parked_offices(by: datetime) -> Select[Any]:
    label = literal("Office ") + Office.code + literal(": ") + ParkedOffice.reason
    wanted = (ParkedOffice.at <= by, ParkedOffice.mended_at.is_(None))
    return _rows(Office.id, label, ParkedOffice.at).join(ParkedOffice).where(*wanted)


def unsent_invoices(by: datetime) -> Select[Any]:
    """Those of unverified offices wait rightly."""
    label = literal("Invoice ") + Invoice.number
    rows = _rows(Invoice.id, label, Invoice.issued_at).join(Office, Office.id == Invoice.office_id)
    return rows.where(UNSENT, Invoice.issued_at < by, Office.verified_at < by)


def _rows(id: Any, label: Any, since: Any) -> Select[Any]:
    return select(id.label("id"), label.label("label"), Office.ref.label("name"), since.label("since"))


def run_now(session: Session, office_id: int, now: datetime) -> None:
    """Ask for a run over everything that is due."""
    monthly_run.ask(now, actor.current().name, now)


def try_again(session: Session, office_id: int, now: datetime) -> None:
    """Have a run try this office again."""
    parking.unpark(locked(Office, office_id, "office"), actor.current().name, now)


def send_now(session: Session, invoice_id: int, now: datetime) -> None:
    """Ask once more for an invoice to be sent."""
    invoices.ask_to_send(locked(Invoice, invoice_id, "invoice"))


LISTS = (
    WallList(
        "missed-runs",
        "Months not turned",
        "an office's month ended 2 hours ago or earlier, and the next has not begun",
        timedelta(hours=2),
        missed_runs,
        "/staff/offices/{id}",
        Mending("Run now", permission=Permission.RUN_BILLING, act=run_now),
    ),
    WallList(
        "parked-offices",
        "Offices left aside",
        "a monthly run could not turn the office's month",
        timedelta(),
        parked_offices,
        "/staff/offices/{id}",
        Mending("Try again", permission=Permission.RUN_BILLING, act=try_again),
    ),
    WallList(
        "unsent-invoices",
        "Invoices not sent",
        "issued an hour ago or earlier, its office verified, and the payment provider does not have it",
        timedelta(hours=1),
        unsent_invoices,
        "/staff/invoices/{id}",
        Mending("Send now", permission=Permission.RESEND_MESSAGES, act=send_now),
    ),
)
