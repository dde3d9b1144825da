"""What an office's subscription was at any instant (spec OFF-02, BIL-06)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from dashboard.extensions import db
from dashboard.models import Office, OfficeStatus, StatusChange

History = Sequence[tuple[datetime, OfficeStatus]]
CHANGES = (
    select(StatusChange.office_id, StatusChange.at, StatusChange.status)
    .where(StatusChange.office_id.in_(bindparam("offices", expanding=True)))
    .order_by(StatusChange.at, StatusChange.id)
)


def change(office: Office, status: OfficeStatus, *, at: datetime, cause: str) -> None:
    """Let the office have this status from `at` (UTC) on."""
    db.session.add(StatusChange(office_id=office.id, at=at, status=status, cause=cause))


def histories(office_ids: Iterable[int]) -> Mapping[int, History]:
    """Each office's changes of status, oldest first, in one query."""
    found: defaultdict[int, list[tuple[datetime, OfficeStatus]]] = defaultdict(list)
    for office_id, at, status in db.session.execute(CHANGES, {"offices": list(office_ids)}):
        found[office_id].append((at, status))
    return found


def status_at(history: History, instant: datetime) -> OfficeStatus:
    """The status at an instant; a change at the instant itself counts. Before the first one: inactive."""
    begun = [status for at, status in history if at <= instant]
    return begun[-1] if begun else OfficeStatus.INACTIVE
