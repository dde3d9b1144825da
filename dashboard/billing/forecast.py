"""The dry run: what a monthly run would do, looked at and not done (spec BIL-05).

It takes the run's own steps on copies of the offices' terms, and counts activity where the run would charge
it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from dashboard.billing import carrying, drafts, months, periods, prices, statuses
from dashboard.billing.periods import Period
from dashboard.billing.prices import NoPrice, Prices
from dashboard.billing.statuses import History
from dashboard.extensions import db
from dashboard.models import Office, OfficeStatus

CHUNK = 500
TERMS = (
    "time_zone",
    "plan_id",
    "next_plan_id",
    "billing_cycle_anchor_date",
    "next_anchor_date",
    "trial_ends_on",
    "next_boundary",
)


@dataclass(frozen=True, slots=True)
class Opening:
    """A cycle that would begin: its local days, the patients carried over, and what they cost in cents."""

    start: date
    end: date
    patients: int
    cents: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run would do for one office: invoices that would be closed, in cents, and cycles opened.

    `problem` says why the run would park it instead.
    """

    code: str
    closing: Sequence[int] = ()
    opening: Sequence[Opening] = ()
    problem: str | None = None

    @property
    def cents(self) -> int:
        """What the carried patients would cost the office in the cycles that begin."""
        return sum(each.cents for each in self.opening)


def forecast(as_of: datetime) -> Iterator[Forecast]:
    """What a run over every month that ended by `as_of` (UTC) would do, office by office. Only reads."""
    last = 0
    while offices := _due(as_of, last):
        yield from _of_chunk(offices, as_of)
        last = offices[-1].id


def _due(as_of: datetime, after: int) -> Sequence[Office]:
    due = select(Office).where(Office.next_boundary <= as_of, Office.parked_at.is_(None), Office.id > after)
    return db.session.scalars(due.order_by(Office.id).limit(CHUNK)).all()


def _of_chunk(offices: Sequence[Office], as_of: datetime) -> Iterator[Forecast]:
    known = prices.of_plans({plan for each in offices for plan in (each.plan_id, each.next_plan_id) if plan})
    ended = periods.not_closed(office.id for office in offices)
    histories = statuses.histories(office.id for office in offices)
    problems, begun = {}, {}
    for office in offices:
        try:
            begun[office.id] = list(_cycles(office, ended.get(office.id), known, as_of))
        except NoPrice as problem:
            problems[office.id] = str(problem)
    patients = _patients(begun)
    running = drafts.totals(list(ended.values()))
    for office in offices:
        if office.id in problems:
            yield Forecast(office.code, problem=problems[office.id])
            continue
        history = histories.get(office.id, ())
        opening = [_opening(office, each, patients, history) for each in begun[office.id]]
        first = ended.get(office.id)
        totals = [running.get(first.id, 0)] if first else []
        yield Forecast(office.code, _closed([*totals, *(each.cents for each in opening[:-1])]), opening)


def _cycles(office: Office, ended: Period | None, known: Prices, as_of: datetime) -> Iterator[Period]:
    """The cycles that would begin, on a copy of the office's terms that no session knows."""
    copy = Office(id=office.id, **{name: getattr(office, name) for name in TERMS})
    while copy.next_boundary is not None and copy.next_boundary <= as_of:
        ended = months.next_cycle(copy, ended, known)
        copy.next_boundary = months.follows(ended)
        yield ended


def _patients(begun: Mapping[int, Sequence[Period]]) -> Mapping[tuple[int, datetime], int]:
    """How many patients each of these cycles would carry over, by office and first instant."""
    carrying_ones = [each for cycles in begun.values() for each in cycles if each.carries]
    return carrying.active_before([(each.office_id, each.start_utc) for each in carrying_ones])


def _opening(
    office: Office, cycle: Period, patients: Mapping[tuple[int, datetime], int], history: History
) -> Opening:
    status = statuses.status_at(history, cycle.start_utc)
    if status is OfficeStatus.TRIALING and months.is_trial_over(office, cycle):
        status = OfficeStatus.ACTIVE
    carried = patients.get((office.id, cycle.start_utc), 0) if status.is_charged else 0
    cents = 0 if status is OfficeStatus.TRIALING else cycle.cents
    return Opening(cycle.start, cycle.end, carried, carried * cents)


def _closed(totals: Sequence[int]) -> list[int]:
    """The totals of the invoices that would be closed; what is owed back goes on the next one."""
    closed, owed = [], 0
    for total in totals:
        left = total + owed
        owed = min(0, left)
        closed.extend([left] if left > 0 else [])
    return closed
