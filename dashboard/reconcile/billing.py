"""The wall's lists of billing: months that nobody turned, offices that a run left aside."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, literal, select
from sqlalchemy.orm import Session

from dashboard import actor
from dashboard.billing import monthly_run, parking
from dashboard.models import Office, ParkedOffice
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


def _rows(id: Any, label: Any, since: Any) -> Select[Any]:
    return select(id.label("id"), label.label("label"), Office.ref.label("name"), since.label("since"))


def run_now(session: Session, office_id: int, now: datetime) -> None:
    """Ask for a run over everything that is due."""
    monthly_run.ask(now, actor.current().name, now)


def try_again(session: Session, office_id: int, now: datetime) -> None:
    """Have a run try this office again."""
    parking.unpark(locked(Office, office_id, "office"), actor.current().name, now)


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
)
