"""Parking: an office that a run cannot turn is left aside with the reason, and the others go on (spec
BIL-05).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from dashboard import audit, todos
from dashboard.audit import Action
from dashboard.billing import monthly_run
from dashboard.errors import DomainError
from dashboard.extensions import db
from dashboard.models import MonthlyRun, Office, ParkedOffice, Priority, TodoCategory

TOOK_TOO_LONG = "57014"
A_DAY = timedelta(days=1)
LONGEST_REASON = 120
OF_A_ROW = (
    DomainError,
    IntegrityError,
    DataError,
    ArithmeticError,
    AssertionError,
    LookupError,
    TypeError,
    ValueError,
)
"""What an office's own rows can cause. A database that is away is no office's fault."""


def is_its_own(error: BaseException) -> bool:
    """Whether the office itself is what failed: its rows, or that they were too many for one statement."""
    too_long = isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", "") == TOOK_TOO_LONG
    return too_long or isinstance(error, OF_A_ROW)


def park(run_id: int, offices: Sequence[Office], error: Exception, now: datetime) -> None:
    """Leave these offices, claimed, aside until somebody has mended what is wrong, and tell the staff."""
    for office in offices:
        office.parked_at, office.parked_reason = now, reason_of(error)
        db.session.add(ParkedOffice(run_id=run_id, office_id=office.id, reason=office.parked_reason, at=now))
        audit.record(Action.OFFICE_PARKED, office, changes={"reason": _code(error)})
        _alert(office, now)
    db.session.flush()
    monthly_run.count(run_id, offices_parked=MonthlyRun.offices_parked + len(offices))


def unpark(office: Office, by: str, now: datetime) -> MonthlyRun | None:
    """What was wrong is mended: have a run try the office again. Harmless to repeat."""
    if office.parked_at is None:
        return None
    office.parked_at = office.parked_reason = None
    mended = update(ParkedOffice).where(ParkedOffice.office_id == office.id, ParkedOffice.mended_at.is_(None))
    db.session.execute(mended.values(mended_at=now))
    audit.record(Action.OFFICE_UNPARKED, office)
    return monthly_run.ask(now, by, now)


def parked_in(run: MonthlyRun) -> Sequence[tuple[ParkedOffice, Office]]:
    """What this run left aside, the first one first."""
    left = select(ParkedOffice, Office).join(Office, Office.id == ParkedOffice.office_id)
    left = left.where(ParkedOffice.run_id == run.id).order_by(ParkedOffice.id)
    return [(parked, office) for parked, office in db.session.execute(left)]


def reason_of(error: Exception) -> str:
    """The business's no in its own words; of anything else the class only, because its text may hold
    values.
    """
    return str(error)[:LONGEST_REASON] if isinstance(error, DomainError) else type(error).__name__


def _code(error: Exception) -> str:
    return error.code if isinstance(error, DomainError) else type(error).__name__


def _alert(office: Office, now: datetime) -> None:
    """One todo an office; where it was parked before and that was done, the same one is opened again."""
    todo, _ = todos.open_once(
        key=f"parked:{office.ref}",
        now=now,
        title="An office could not be billed",
        category=TodoCategory.ALERT,
        priority=Priority.HIGH,
        due_at=now + A_DAY,
        description=f"The monthly run left office {office.code} aside: {office.parked_reason}"
        " Mend it on the office's page, then try again there.",
    )
    if not todo.is_open:
        todos.reopen(todo, version=todo.version, reason=None, by=0, now=now)
