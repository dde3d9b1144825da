"""Turning the month: an office's ended cycle is closed and the next one opened, its active patients carried
over.

The same step serves one office that lags behind and a chunk of five hundred: a few statements for all of
them. It is taken by whoever comes first after the boundary, the monthly run or anything told of a patient;
so what was told before a boundary and what after it is settled the same way, whenever the run came (spec
BIL-04, BIL-05).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter
from zoneinfo import ZoneInfo

from sqlalchemy import case, insert, select, update
from sqlalchemy.orm.attributes import set_committed_value

from dashboard import audit
from dashboard.audit import Action
from dashboard.billing import carrying, drafts, periods, prices, statuses
from dashboard.billing.periods import AnyCycle, Period
from dashboard.billing.prices import Prices
from dashboard.cycles import boundary_after, first_instant
from dashboard.extensions import db
from dashboard.many import among, sent
from dashboard.models import BillingCycle, Office, OfficeStatus


def up_to_date(office_id: int, now: datetime) -> Office:
    """The office, locked until the unit ends, with every cycle opened that began by `now` (UTC)."""
    its_row = select(Office).where(Office.id == office_id).with_for_update()
    office = db.session.scalars(its_row, execution_options={"populate_existing": True}).one()
    while office.next_boundary is not None and office.next_boundary <= now:
        turn([office], now)
    return office


READ = (
    Office.ref,
    Office.time_zone,
    Office.plan_id,
    Office.next_plan_id,
    Office.billing_cycle_anchor_date,
    Office.next_anchor_date,
    Office.trial_ends_on,
    Office.subscription_status,
    Office.next_boundary,
    Office.version,
)


@dataclass(frozen=True, slots=True)
class Turned:
    """What one step did: cycles opened, charges carried over, invoices closed and their total in cents."""

    cycles: int = 0
    charges: int = 0
    invoices: int = 0
    cents: int = 0


def turn(offices: Sequence[Office], now: datetime) -> Turned:
    """One step for each of these offices, locked and due: close the cycle that ended, open the next.

    Raises:
        NoPrice: an office's plan has no price on the day its next cycle begins.
    """
    ended = periods.not_closed(office.id for office in offices)
    closed = drafts.close([(office, ended[office.id]) for office in offices if office.id in ended], now)
    owed = {cycle.office_id: -closed.totals.get(cycle.id, 0) for cycle in ended.values()}
    owed = {office_id: cents for office_id, cents in owed.items() if cents > 0}
    opened = _open(offices, ended)
    carried = carrying.carry(opened, now)
    drafts.begin([each for each in opened if each.id in carried.costing or each.office_id in owed], now)
    drafts.give_back(owed, opened, now)
    return Turned(len(opened), carried.charges, len(closed.payable), sum(closed.payable))


def open_cycles(offices: Sequence[Office]) -> Mapping[int, BillingCycle]:
    """Each office's cycle that is not closed yet, by the office's id."""
    ids = [office.id for office in offices]
    theirs = select(BillingCycle).where(among(BillingCycle.office_id, ids))
    still_open = db.session.scalars(theirs.where(BillingCycle.closed_at.is_(None)))
    return {cycle.office_id: cycle for cycle in still_open}


def _open(offices: Sequence[Office], ended: Mapping[int, Period]) -> Sequence[Period]:
    plans = {plan for office in offices for plan in (office.plan_id, office.next_plan_id) if plan}
    known = prices.of_plans(plans)
    opened = [next_cycle(office, ended.get(office.id), known) for office in offices]
    begun = list(zip(offices, opened, strict=True))
    first = [(office, {"number": 0, "cents": cycle.cents}) for office, cycle in begun if not cycle.number]
    audit.record_all(Action.CYCLE_OPENED, first)
    _write(opened)
    for office, cycle in begun:
        _end_trial(office, cycle)
        set_committed_value(office, "next_boundary", follows(cycle))
    return opened


def _write(cycles: Sequence[Period]) -> None:
    """Write these cycles and the boundaries that follow them, all at once.

    The cycles learn their ids; the offices get no new version, so that nobody who has one open at midnight
    is in conflict with the run.
    """
    table, office = BillingCycle.__table__, Office.__table__
    names = [name for name in periods.COLUMNS if name != "id"]
    rows = sent({name: table.c[name].type for name in names}, map(attrgetter(*names), cycles))
    inserted = insert(table).from_select(names, select(rows)).returning(table.c.office_id, table.c.id)
    ids = {row[0]: row[1] for row in db.session.execute(inserted)}
    for cycle in cycles:
        cycle.id = ids[cycle.office_id]
    later = case((table.c.end_utc > table.c.start_utc, table.c.end_utc), else_=table.c.start_utc)
    ours = (among(table.c.id, ids.values()), table.c.office_id == office.c.id)
    db.session.execute(update(office).where(*ours).values(next_boundary=later))


def follows(cycle: AnyCycle) -> datetime:
    """When the next cycle begins: at this one's end, which lies before its start if a zone was left for one a
    day further on.
    """
    return max(cycle.start_utc, cycle.end_utc)


def next_cycle(office: Office, ended: AnyCycle | None, known: Prices) -> Period:
    """The cycle that begins at the office's next boundary, on the terms that hold from there.

    The office takes those terms up; nothing is asked of the database.
    """
    assert office.next_boundary is not None
    zone = ZoneInfo(office.time_zone)
    start_utc = office.next_boundary
    start = ended.end if ended else start_utc.astimezone(zone).date()
    anchor, carries = _anchor_from(office, start)
    if office.next_plan_id is not None:
        office.plan_id, office.next_plan_id = office.next_plan_id, None
    end = boundary_after(anchor, start)
    return Period(
        office_id=office.id,
        number=ended.number + 1 if ended else 0,
        start=start,
        end=end,
        start_utc=start_utc,
        end_utc=max(start_utc, first_instant(end, zone)),  # one day, in a zone a day further on
        cents=prices.in_force(known, office.plan_id or 0, start),
        carries=carries,
    )


def _anchor_from(office: Office, start: date) -> tuple[date, bool]:
    """The anchor of the cycle that begins on this day, and whether that cycle carries patients over.

    A new anchor is taken up when the running cycle ends; what lies between is one short cycle that carries
    nobody.
    """
    assert office.billing_cycle_anchor_date is not None
    if office.next_anchor_date is None:
        return office.billing_cycle_anchor_date, True
    office.billing_cycle_anchor_date, office.next_anchor_date = office.next_anchor_date, None
    return office.billing_cycle_anchor_date, is_boundary(office.billing_cycle_anchor_date, start)


def is_boundary(anchor: date, day: date) -> bool:
    """Whether a cycle of this anchor begins on the day."""
    return boundary_after(anchor, day - timedelta(days=1)) == day


def _end_trial(office: Office, cycle: AnyCycle) -> None:
    """A trial lasts until the first boundary whose local day is on or after its last (BIL-06)."""
    if not is_trial_over(office, cycle):
        return
    office.trial_ends_on = None
    if office.subscription_status is OfficeStatus.TRIALING:
        office.subscription_status = OfficeStatus.ACTIVE
        statuses.change(office, OfficeStatus.ACTIVE, at=cycle.start_utc, cause="trial ended")


def is_trial_over(office: Office, cycle: AnyCycle) -> bool:
    """Whether the office's trial ends with the beginning of this cycle."""
    return office.trial_ends_on is not None and office.trial_ends_on <= cycle.start
