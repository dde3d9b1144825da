"""Plans, and what an active patient costs in them from which day on (spec BIL-06).

The price in force when a cycle begins is kept with the cycle, so a version that begins in the past prices
only the cycles that open after it was added.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from dashboard import audit
from dashboard.audit import Action
from dashboard.errors import Invalid
from dashboard.extensions import db
from dashboard.intake import values
from dashboard.models import Plan, PriceVersion
from dashboard.rows import added_once

LONGEST_NAME = 80
MOST_CENTS = 100_000_00


class NameTaken(Invalid):
    """Two plans with one name could not be told apart."""

    code = "NAME_TAKEN"

    def __init__(self) -> None:
        super().__init__("name", "Another plan has this name. Choose another.")


class DayTaken(Invalid):
    """A price that once held is not rewritten."""

    code = "DAY_TAKEN"

    def __init__(self, day: date) -> None:
        super().__init__("effective", f"The plan has a price from {day.isoformat()} on. Choose another day.")


def create(name: str, cents: int, *, effective: date, now: datetime) -> Plan:
    """A plan, and its first price in cents from a local day on.

    Raises:
        NameTaken, Invalid: another plan has the name; a name or price that cannot be.
    """
    called = values.clean(name)
    if not 0 < len(called) <= LONGEST_NAME:
        raise Invalid("name", f"Name the plan in 1 to {LONGEST_NAME} characters.")
    plan, is_new = added_once(Plan(name=called, created_at=now), by="name")
    if not is_new:
        raise NameTaken
    add_price(plan, cents, effective=effective, now=now)
    return plan


def add_price(plan: Plan, cents: int, *, effective: date, now: datetime) -> PriceVersion:
    """Let cycles that begin on `effective` (an office's local day) or later cost `cents` a patient.

    A day in the past re-prices no cycle that was opened already.

    Raises:
        DayTaken, Invalid: a price begins on that day already; no possible price.
    """
    if not 0 <= cents <= MOST_CENTS:
        raise Invalid("cents", "A price is between 0.00 and 100,000.00.")
    db.session.execute(select(Plan.id).where(Plan.id == plan.id).with_for_update())
    same_day = (PriceVersion.plan_id == plan.id, PriceVersion.effective == effective)
    if db.session.scalar(select(PriceVersion.id).where(*same_day)):
        raise DayTaken(effective)
    version = PriceVersion(plan_id=plan.id, effective=effective, cents=cents, created_at=now)
    db.session.add(version)
    told = {"plan": plan.ref, "effective": effective.isoformat()}
    audit.record(Action.PRICE_CHANGED, plan, changes={**told, "cents": cents})
    return version
