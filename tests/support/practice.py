"""An office with a subscription, and its patients, for tests of billing. Called inside a writing unit."""

from __future__ import annotations

import itertools
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from dashboard.billing import drafts, statuses
from dashboard.cycles import first_instant
from dashboard.extensions import db
from dashboard.models import BillingCycle, Charge, Office, OfficeStatus, Patient, Plan, PriceVersion

_numbers = itertools.count(1)
TWO_DOLLARS = 2_00
LONG_AGO = date(2000, 1, 1)


def plan(cents: int = TWO_DOLLARS, **versions: int) -> Plan:
    """A plan at this price from long ago on."""
    made = Plan(name=f"Plan {next(_numbers)}", created_at=datetime.now().astimezone())
    db.session.add(made)
    db.session.flush()
    db.session.add(PriceVersion(plan_id=made.id, effective=LONG_AGO, cents=cents, created_at=made.created_at))
    return made


def office(
    anchor: date,
    zone: str = "America/New_York",
    status: OfficeStatus = OfficeStatus.ACTIVE,
    cents: int = TWO_DOLLARS,
) -> Office:
    """An office whose subscription began at its anchor."""
    begins, number = first_instant(anchor, ZoneInfo(zone)), next(_numbers)
    made = Office(code=f"T{number}", name="Demo Family Practice", time_zone=zone, created_at=begins)
    made.plan_id, made.billing_cycle_anchor_date = plan(cents).id, anchor
    made.subscription_status, made.subscription_started_at, made.next_boundary = status, begins, begins
    db.session.add(made)
    db.session.flush()
    statuses.change(made, status, at=begins, cause="test")
    return made


def patient(of: Office) -> Patient:
    """A patient of this office, not active yet."""
    made = Patient(office_id=of.id, name="Sample Patient", created_at=of.created_at)
    db.session.add(made)
    db.session.flush()
    return made


def cycles(of: Office) -> list[BillingCycle]:
    """The office's cycles, oldest first."""
    ours = select(BillingCycle).where(BillingCycle.office_id == of.id).order_by(BillingCycle.number)
    return list(db.session.scalars(ours))


def invoiced(of: Office) -> dict[str, list[tuple[str, int, int]]]:
    """What each cycle's invoice holds, by its first day: its lines as (type, quantity, cents each)."""
    return {
        str(cycle.start): [
            (line.item_type.value, line.quantity, line.unit_cents) for line in drafts.lines(cycle)
        ]
        for cycle in cycles(of)
    }


def charged(of: Office) -> int:
    """How many charges stand in the office's ledger."""
    return int(db.session.scalar(select(func.sum(drafts.SIGN)).where(Charge.office_id == of.id)) or 0)
