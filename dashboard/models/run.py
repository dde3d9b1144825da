"""One monthly run: what was asked, how far it is, which offices it had to leave aside (spec BIL-05,
API-01).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.extensions import Word
from dashboard.models.base import Model, Referenced


class RunState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


UNFINISHED = text("state <> 'done'")


class MonthlyRun(Referenced):
    """Turns every month that ended by `as_of` (UTC). While one is unfinished no other of its kind begins."""

    __tablename__ = "monthly_runs"
    __table_args__ = (
        Index(
            "one_unfinished_run", "kind", unique=True, sqlite_where=UNFINISHED, postgresql_where=UNFINISHED
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), default="monthly")
    as_of: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(40))
    state: Mapped[RunState] = mapped_column(Word(RunState), default=RunState.WAITING)
    offices_due: Mapped[int] = mapped_column(default=0)
    cycles_turned: Mapped[int] = mapped_column(default=0)
    charges: Mapped[int] = mapped_column(default=0)
    invoices_closed: Mapped[int] = mapped_column(default=0)
    total_cents: Mapped[int] = mapped_column(default=0)
    offices_parked: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ParkedOffice(Model):
    """An office that a run had to leave aside, and why; the others went on."""

    __tablename__ = "parked_offices"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("monthly_runs.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    reason: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]
    mended_at: Mapped[datetime | None]
